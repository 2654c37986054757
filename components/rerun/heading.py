"""The head of a rerun: of what, with what, what it is doing, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.rerun.choosing import NAMES
from components.rerun.phase import INTERRUPTED, rerun_badge
from components.text.model_text import plain
from experiments.comparing.comparison import shared
from experiments.comparing.names import shared_line
from experiments.running.phase import Phase
from llm.words import counted
from storage.experiments.rerun_records import StoredRerun, Way


@dataclass(frozen=True)
class RerunActions:
    """What can be done with a rerun."""

    stop: Callable[[], None]
    resume: Callable[[], None]
    retry: Callable[[], None]
    open_branch: Callable[[], None]
    rerun_again: Callable[[], None]


@dataclass(frozen=True)
class RerunStanding:
    """How a rerun stands: the turns that are left, the failed ones that can be sent again, and why it paused."""

    phase: Phase
    left: int
    failed: int
    trouble: str
    begun: bool  # there is a new reply to look at


def title(text: str, name: str, back: Callable[[], None]) -> None:
    """Draw the page's title, with the conversation's name, and the way back to that."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        with st.container(gap=None, width="content"):
            st.header(text, anchor=False)
            st.caption(f"of “{plain(name)}”")
        st.button("Back to the chat", key="rerun_back", icon=":material/arrow_back:", type="tertiary", on_click=back)


def heading(rerun: StoredRerun, standing: RerunStanding, does: RerunActions) -> None:
    """Draw what was chosen, what is going on, and the buttons that suit."""
    with st.container(key="rerun_head", horizontal=True, vertical_alignment="center", gap="small"):
        rerun_badge(standing.phase)
        st.caption(f"{plain(shared_line(shared((rerun.settings,))))} · {NAMES[rerun.way].lower()}", width="content")
    with st.container(gap="small"):
        if standing.trouble and not standing.phase.live:
            st.warning(plain(standing.trouble), icon=":material/pause_circle:")
        if standing.phase is Phase.INTERRUPTED:
            st.warning(INTERRUPTED, icon=":material/power_off:")
    with st.container(key="rerun_buttons", horizontal=True):
        _buttons(rerun, standing, does)


def _buttons(rerun: StoredRerun, standing: RerunStanding, does: RerunActions) -> None:
    if standing.phase.live:
        closed = standing.phase is Phase.CANCELLING
        st.button("Stop", key="rerun_stop", icon=":material/stop_circle:", disabled=closed, on_click=does.stop)
    else:
        _to_go_on(rerun.way, standing, does)
    if standing.begun:
        label = "Open this branch" if rerun.way is Way.OWN else "Open the newest reply"
        st.button(label, key="rerun_open", icon=":material/forum:", on_click=does.open_branch)
    if not standing.phase.live:
        st.button("Replay again", key="rerun_again", icon=":material/replay:", on_click=does.rerun_again)


def _to_go_on(way: Way, standing: RerunStanding, does: RerunActions) -> None:
    """Own replies build on each other: there a failed turn is either sent again, or left out."""
    if standing.failed:
        label = f"Retry {counted(standing.failed, 'failed turn')}"
        st.button(label, key="rerun_retry", type="primary", icon=":material/refresh:", on_click=does.retry)
    if standing.left:
        left = counted(standing.left, "turn")
        without = way is Way.OWN and standing.failed
        label = f"Go on without it: {left} left" if without else f"Resume: {left} left"
        look = "secondary" if standing.failed else "primary"
        st.button(label, key="rerun_resume", type=look, icon=":material/play_arrow:", on_click=does.resume)
