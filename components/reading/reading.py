"""What an experiment has recorded, read in one way at a time."""

from collections.abc import Callable

import streamlit as st

from components.reading.charts import charts
from components.reading.cost_quality import cost_quality
from components.reading.knobs import Effects, knobs
from components.reading.replies import replies
from components.reading.scrub import scrub
from components.reading.table import table
from components.reading.truncation import truncation
from experiments.reading.results import Results

Part = Callable[[Results, str], None]
_PARTS: dict[str, Part] = {
    "Table": table,
    "Charts": charts,
    "Replies": replies,
    "Scrub": scrub,
    "Truncation": truncation,
    "Cost and quality": cost_quality,
}
KNOBS, EXPORT = "Knobs", "Export"


@st.fragment
def reading(
    results: Results,
    effects: Effects,
    key: str,
    running: bool = False,
    exports: Callable[[bool], None] | None = None,
) -> None:
    """Draw the chosen part of results; `key` names the experiment, `running` says that more is being recorded.

    `exports` draws what can be downloaded, told whether it is running. A choice here draws nothing else anew.
    """
    if not results.rows:
        st.caption("Nothing is recorded yet.")
        return
    if running:
        _newest(len(results.rows), key)
    names = [*_PARTS, KNOBS, *([EXPORT] if exports else [])]
    name = st.segmented_control(
        "Read",
        names,
        default=names[0],
        required=True,
        key=f"part_{key}",
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(key=f"reading_{name.split()[0].lower()}"):  # each part in a place of its own
        if name == EXPORT and exports:
            exports(running)
        elif name == KNOBS:
            knobs(results, effects, key, running)
        elif not results.metrics and name != "Table":
            st.info("No reply is complete yet.")
        else:
            _PARTS[name](results, key)


def _newest(runs: int, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"As it stood with {runs:,} runs begun.")
        if st.button("Show the newest", key=f"newest_{key}", icon=":material/refresh:", type="tertiary"):
            st.rerun()
