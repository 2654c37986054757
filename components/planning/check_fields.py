"""The checks that each reply is put to."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from components.choice import choice
from components.planning.edit import EditItems, added, changed, removed
from components.planning.faults import fault, within
from components.planning.section import Section
from components.session import project, widget
from experiments.checks.check import Check
from experiments.checks.length import UNITS
from experiments.field_problem import FieldProblem
from experiments.plan_json import CHECKS

_TEXTS = {
    "text": ("Text", "May use {{variables}} of the table."),
    "pattern": ("Regular expression", "It may match anywhere in the reply. May use {{variables}} of the table."),
    "reference": ("Reference", "The text that replies should be like. May use {{variables}} of the table."),
    "schema": ("JSON schema", 'As JSON, for example {"type": "object", "required": ["name"]}.'),
}
_TICKS = {"ignore_case": "Ignore upper and lower case", "any_space": "Any white space between the words"}
_LENGTHS = {"at_least": "At least", "at_most": "At most"}
EditCheck = Callable[[Callable[[Check], Check]], None]


def check_fields(checks: Sequence[Check], problem: FieldProblem | None, edit: EditItems[Check], part: Section) -> None:
    """Draw each check with its fields, and what adds one."""
    with part("plan_checks", "Checks", str(len(checks) or ""), within(problem, "checks")) as fold:
        if not fold.open:
            return
        st.caption("Each reply passes a check or fails it; nothing is sent for that.")
        for number, check in enumerate(checks):
            with st.container(border=True, gap="small"):
                _check(number, check, problem, edit)
        st.button(
            "Add a check",
            key="add_check",
            icon=":material/add:",
            type="tertiary",
            on_click=edit,
            args=(added(CHECKS["contains"]("")),),
        )


def _check(number: int, check: Check, problem: FieldProblem | None, edit: EditItems[Check]) -> None:
    place = f"checks.{number}"

    def put(change: Callable[[Check], Check]) -> None:
        edit(changed(number, change))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        key = _key(place, "kind")
        project(key, check.kind)
        st.selectbox(
            "The reply …",
            list(CHECKS),
            format_func=lambda kind: CHECKS[kind].title,
            key=key,
            filter_mode=None,
            on_change=lambda: put(lambda now: _of_kind(widget(key), now)),
        )
        st.button(
            "",
            key=_key(place, "remove"),
            icon=":material/close:",
            type="tertiary",
            help="Take it away",
            on_click=edit,
            args=(removed(number),),
        )
    for field in fields(check):
        _field(place, field.name, check, put)
        fault(problem, f"{place}.{field.name}")
    fault(problem, place)


def _of_kind(kind: str, before: Check) -> Check:
    """A check of another kind, with the text that was typed for the one before."""
    made = CHECKS[kind]
    typed = next((getattr(before, field.name) for field in fields(before) if field.name in _TEXTS), "")
    return made(**{field.name: typed for field in fields(made) if field.name in _TEXTS})


def _field(place: str, name: str, check: Check, put: EditCheck) -> None:
    key, value = _key(place, name), getattr(check, name)
    project(key, value)
    common: dict[str, Any] = {"key": key, "on_change": lambda: put(lambda now: _with(now, name, widget(key)))}
    if name in _TICKS:
        st.checkbox(_TICKS[name], **common)
    elif name == "schema":
        st.text_area(_TEXTS[name][0], help=_TEXTS[name][1], height=120, **common)
    elif name in _TEXTS:
        st.text_input(_TEXTS[name][0], help=_TEXTS[name][1], live=True, **common)
    elif name == "unit":
        choice("Counted in", UNITS, key, lambda unit: put(lambda now: _with(now, name, unit)))
    elif isinstance(value, float):
        help = "1 is the very text, 0 has nothing in common with it. 0.8 is near."
        st.slider("Similarity, at least", 0.0, 1.0, step=0.05, help=help, **common)
    else:
        st.number_input(_LENGTHS[name], min_value=0, value=None, step=1, placeholder="no limit", **common)


def _with(check: Check, name: str, value: Any) -> Check:
    return replace(check, **{name: value}) if hasattr(check, name) else check  # it may be of another kind by now


def _key(place: str, name: str) -> str:
    return f"plan_{place.replace('.', '_')}_{name}"
