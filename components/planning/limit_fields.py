"""How fast an experiment may go, and what it may cost."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components.planning.amounts import dollars
from components.planning.edit import Edit
from components.planning.faults import fault, within
from components.planning.section import Section
from components.session import project, widget
from experiments.draft import Draft
from experiments.field_problem import FieldProblem
from experiments.plan import MOST_CONCURRENCY
from llm.money import money

_AT_ONCE = "How many requests may be under way at once. A server that refuses is asked more slowly by itself."
_PER_MINUTE = "How many requests may leave in a minute, where a server allows only so many. Empty: no limit."
_CAP = (
    "The most that this experiment may cost, its judge included, in US dollars. Each request holds the most that it "
    "may cost before it leaves. What has no known price is not counted. Empty: no cap."
)


def limit_fields(draft: Draft, problem: FieldProblem | None, edit: Edit, part: Section) -> None:
    """Draw requests at once and per minute, and the cap."""
    summary = f"{draft.concurrency} at once" + ("" if draft.cap is None else f", at most {money(draft.cap)}")
    needed = within(problem, "concurrency", "requests_per_minute", "cap")
    with part("plan_limits", "Speed and cost", summary, needed) as fold:
        if not fold.open:
            return
        (at_once, per_minute), (most, _) = st.columns(2), st.columns(2)
        with at_once:
            limits = {"min_value": 1, "max_value": MOST_CONCURRENCY, "step": 1}
            _number("concurrency", "Requests at once", draft.concurrency, _AT_ONCE, limits, edit)
            fault(problem, "concurrency")
        with per_minute:
            limits = {"min_value": 1, "step": 1, "value": None, "placeholder": "no limit"}
            _number("requests_per_minute", "Requests per minute", draft.requests_per_minute, _PER_MINUTE, limits, edit)
            fault(problem, "requests_per_minute")
        with most:
            limits = {"min_value": 0.0, "step": 0.5, "value": None, "placeholder": "no cap", "format": "%g"}
            shown = None if draft.cap is None else float(draft.cap)
            _number("cap", "Cap, US$", shown, _CAP, limits, edit, dollars)
            fault(problem, "cap")


def _number(
    name: str,
    label: str,
    value: float | None,
    help: str,
    limits: dict[str, Any],
    edit: Edit,
    read: Callable[[Any], Any] = lambda value: value,
) -> None:
    key = f"plan_{name}"
    project(key, value)
    st.number_input(label, key=key, help=help, on_change=lambda: edit(name, lambda _: read(widget(key))), **limits)
