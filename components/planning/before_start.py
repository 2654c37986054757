"""What will happen once the experiment starts, said before it does."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components.planning.amounts import cost, span, tokens
from components.planning.faults import place_of
from components.sidebar.meter_panel import meter_panel
from components.text.model_text import plain
from experiments.estimate import Bill, Span
from experiments.field_problem import FieldProblem
from experiments.outlook import Outlook
from experiments.plan import Plan
from llm.money import money
from llm.words import counted, duration_text

_INPUT = "What will be sent, counted by the model's tokenizer."
_OUTPUT = "What the models will write, by their earlier replies and max tokens: likely, and from low to high."
_COST = "At today's prices: likely, and from low to high. n/a: no price is known. free: this machine's work."
_JUDGE = "What judging will cost, apart from the replies."
_TIME = "By how long the models' earlier replies took, at so many requests at once."
_CAP = "No request leaves that could cost more than is left of this."


def before_start(
    plan: Plan | None, problem: FieldProblem | None, look: Callable[[Plan], Outlook], start: Callable[[], None]
) -> None:
    """Draw what `look` finds of a plan: the counts, what they will take and what to know of it; and the button that
    starts. Without a plan, where it is wrong."""
    with st.container(key="before_start", border=True):
        st.markdown("**Before it starts**")
        with st.spinner("Counting…"):
            outlook = look(plan) if plan else None
        if plan and outlook:
            _counts(outlook)
            if outlook.requests:
                meter_panel("before_panel", [{"title": "", "rows": _rows(plan, outlook)}], None, None)
            for line in (*_stops(plan, outlook), *_unknown(plan, outlook), *outlook.cautions):
                st.caption(plain(line))
        elif problem:
            place = place_of(problem)
            st.caption(f"Not ready yet: see **{place}**." if place else plain(str(problem)))
        label = _button(outlook) if outlook else "Start"
        icon = ":material/play_arrow:"
        ready = outlook is not None
        st.button(label, key="start", type="primary", icon=icon, width="stretch", disabled=not ready, on_click=start)


def _counts(outlook: Outlook) -> None:
    """Such as: 36 cells × 5 = 180 runs; 120 recorded already; 60 will be sent."""
    recorded = f"; {outlook.recorded:,} recorded already" if outlook.recorded else ""
    st.markdown(
        f"{counted(outlook.cells, 'cell')} × {outlook.repetitions:,} = {counted(outlook.runs, 'run')}{recorded}; "
        f"**{outlook.to_send:,} will be sent**"
    )


def _rows(plan: Plan, outlook: Outlook) -> list[dict[str, Any]]:
    expected = outlook.estimate
    rows = [
        ("input", "Input", tokens(expected.replies.input_tokens), _INPUT),
        ("output", "Output", tokens(expected.replies.output_tokens), _OUTPUT),
        ("cost", "Cost", cost(expected.replies), _COST),
    ]
    if expected.judging:
        judging = f"{counted(outlook.judgements, 'request')}, {cost(expected.judging)}"
        rows.append(("judging", "Judge", judging, _JUDGE))
    time = span(_lasting(plan, outlook), duration_text) if expected.seconds else "not known yet"
    rows.append(("time", "Time", f"{time}, {plan.concurrency:,} at once", _TIME))
    rows.append(("cap", "Cap", "none" if plan.cap is None else money(plan.cap), _CAP))
    return [
        {"name": f"before_{name}", "label": label, "value": value, "help": help} for name, label, value, help in rows
    ]


def _stops(plan: Plan, outlook: Outlook) -> list[str]:
    """That the cap is below what all of it will likely cost."""
    within = outlook.runs_within(plan.cap)
    if within is None or plan.cap is None:
        return []
    return [f"The cap of {money(plan.cap)} will stop it after ≈{within:,} of {counted(outlook.to_send, 'run')}."]


def _lasting(plan: Plan, outlook: Outlook) -> Span[float]:
    """The seconds until all is done, or the cap stops it."""
    within = outlook.runs_within(plan.cap)
    share = 1.0 if within is None else within / outlook.to_send
    return Span(*(seconds * share for seconds in outlook.estimate.seconds or (0.0, 0.0, 0.0)))


def _unknown(plan: Plan, outlook: Outlook) -> list[str]:
    """What the estimate does not know."""
    bills: list[Bill] = [bill for bill in (outlook.estimate.replies, outlook.estimate.judging) if bill]
    unpriced = ", ".join(dict.fromkeys(model for bill in bills for model in bill.unpriced))
    guessed = ", ".join(dict.fromkeys(model for bill in bills for model in bill.guessed))
    uncapped = "" if plan.cap is None else ": the cap does not hold what that costs"
    return [
        *([f"No price is known of {unpriced}{uncapped}."] if unpriced else []),
        *([f"No reply of {guessed} is recorded yet: how much it writes is a guess."] if guessed else []),
    ]


def _button(outlook: Outlook) -> str:
    if not outlook.requests:
        return "Start: nothing needs to be sent"
    return f"Start: send {counted(outlook.requests, 'request')}"
