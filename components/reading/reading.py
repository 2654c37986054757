"""What an experiment has recorded, read in one way at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.reading.charts import charts
from components.reading.cost_quality import cost_quality
from components.reading.knobs import Effects, knobs
from components.reading.replies import replies
from components.reading.scrub import scrub
from components.reading.table import table
from components.reading.truncation import truncation
from experiments.reading.results import Results
from llm.words import counted

Part = Callable[[Results, str], bool | None]  # True: something is read there that may not be changed
_PARTS: dict[str, Part] = {
    "Table": table,
    "Charts": charts,
    "Replies": replies,
    "Scrub": scrub,
    "Truncation": truncation,
    "Cost and quality": cost_quality,
}
KNOBS, EXPORT = "Knobs", "Export"
FOLLOWING = ("Table", "Charts")  # the parts that show what is recorded as it comes
AGAIN = 5.0  # seconds
MOST_FOLLOWED = 2_000  # runs: to draw more of them takes too long to be done again and again


@dataclass(frozen=True)
class Reading:
    """What is read, under a key that names the experiment; `running` says that more is being recorded.

    `exports` draws what can be downloaded, told whether it is running.
    """

    read: Callable[[], Results]
    effects: Effects
    key: str
    running: bool = False
    exports: Callable[[bool], None] | None = None


@dataclass
class _Shown:
    """What is on the page until it is drawn anew."""

    results: Results | None = None
    part: str = ""
    kept: bool = False  # something of it is being read


def reading(of: Reading) -> None:
    """Draw the chosen part, again and again while it is running; a choice here draws nothing else anew."""
    shown = _Shown()

    @st.fragment(run_every=AGAIN if of.running else None)
    def look() -> None:
        _reading(of, shown)

    look()


def _reading(of: Reading, shown: _Shown) -> None:
    place = st.container()  # above the parts, and known when what they show is
    part = _chosen(of)
    if shown.results is None or (of.running and (part != shown.part or _follows(shown))):
        with st.spinner("Reading what is recorded…"):
            shown.results = of.read()
    shown.part = part
    if unread := shown.results.unread:
        answers = counted(unread, "answer")
        st.caption(f"No score could be read in {answers} of the judge: what it said stands with each reply.")
    with st.container(key=f"reading_{part.split()[0].lower()}"):  # each part in a place of its own
        shown.kept = _draw(part, shown.results, of)
    with place:
        if of.running:
            _newness(shown, of.key)


def _follows(shown: _Shown) -> bool:
    if shown.results is None or not shown.results.rows:
        return True
    return shown.part in FOLLOWING and not shown.kept and len(shown.results.rows) <= MOST_FOLLOWED


def _chosen(of: Reading) -> str:
    names = [*_PARTS, KNOBS, *([EXPORT] if of.exports else [])]
    return st.segmented_control(
        "Read",
        names,
        default=names[0],
        required=True,
        key=f"part_{of.key}",
        label_visibility="collapsed",
        persist_state="session",
    )


def _draw(part: str, results: Results, of: Reading) -> bool:
    """Draw a part; whether something of it is being read."""
    if not results.rows:
        st.caption("Nothing is recorded yet.")
    elif part == EXPORT and of.exports:
        of.exports(of.running)
    elif part == KNOBS:
        knobs(results, of.effects, of.key, of.running)
    elif not results.metrics and part != "Table":
        st.info("No reply is complete yet.")
    else:
        return bool(_PARTS[part](results, of.key))
    return False


def _newness(shown: _Shown, key: str) -> None:
    """Say how new it is what is on the page; where it does not follow by itself, offer what is newest."""
    with st.container(horizontal=True, vertical_alignment="center", key="reading_newness"):
        if _follows(shown):
            st.caption(f"Follows the runs, every {AGAIN:.0f} s.")
            return
        st.caption(f"As it stood with {counted(len(shown.results.rows), 'run')} begun.")
        if st.button("Show the newest", key=f"newest_{key}", icon=":material/refresh:", type="tertiary"):
            shown.results = None
            st.rerun(scope="fragment")
