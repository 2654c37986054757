"""What a rerun will send and likely cost, said before it starts."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components.planning.amounts import cost, span, tokens
from components.sidebar.meter_panel import meter_panel
from components.text.model_text import plain
from experiments.rerunning.outlook import Outlook
from experiments.rerunning.turns import AT_ONCE
from llm.words import counted, duration_text
from storage.experiments.rerun_records import Way

_INPUT = "What will be sent: each prompt with what stands before it, counted by the model's tokenizer."
_OUTPUT = "What the model will write, by its earlier replies and max tokens: likely, and from low to high."
_COST = "At today's prices: likely, and from low to high. n/a: no price is known. free: this machine's work."
_TIME = "By how long the model's earlier replies took."
BUSY = "A reply is still streaming in this conversation: wait for it, or stop it there."


def before(
    look: Callable[[], Outlook], way: Way, busy: bool, problem: str, caution: str, start: Callable[[], None]
) -> None:
    """Draw what `look` finds, a caution, and the button that starts; it waits while the conversation is `busy`."""
    with st.container(border=True, key="rerun_before"):
        st.markdown("**Before it starts**")
        found = None
        if not problem:
            with st.spinner("Counting…"):
                found = look()
            _found(found, way)
            if caution:
                st.caption(caution)
        with st.container():
            if problem or busy:
                st.warning(plain(problem or BUSY), icon=":material/info:")
        label = f"Replay {counted(found.turns, 'turn')}" if found else "Replay"
        closed = busy or not found
        icon = ":material/play_arrow:"
        st.button(label, key="rerun_start", type="primary", icon=icon, width="stretch", disabled=closed, on_click=start)


def _found(outlook: Outlook, way: Way) -> None:
    meter_panel("rerun_panel", [{"title": "", "rows": _rows(outlook, way)}], None, None)
    if outlook.bill.unpriced:
        st.caption(f"No price is known of {plain(', '.join(outlook.bill.unpriced))}.")
    if outlook.bill.guessed:
        models = plain(", ".join(outlook.bill.guessed))
        st.caption(f"No reply of {models} is recorded yet: how much it writes is a guess.")
    st.caption("The conversation stays as it is, and open: new replies stand in branches beside it.")


def _rows(outlook: Outlook, way: Way) -> list[dict[str, Any]]:
    bill, at_once = outlook.bill, AT_ONCE[way]
    how = "one after the other" if at_once == 1 else f"up to {at_once} at once"
    time = span(outlook.seconds, duration_text) if outlook.seconds else "not known yet"
    rows = (
        ("requests", "Sends", f"{counted(bill.requests, 'request')}, {how}", "One for each of your prompts."),
        ("input", "Input", tokens(bill.input_tokens), _INPUT),
        ("output", "Output", tokens(bill.output_tokens), _OUTPUT),
        ("cost", "Cost", cost(bill), _COST),
        ("time", "Time", time, _TIME),
    )
    return [
        {"name": f"rerun_{name}", "label": label, "value": value, "help": help} for name, label, value, help in rows
    ]
