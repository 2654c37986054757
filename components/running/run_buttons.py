"""What can be done with the runs of an experiment, by what it is doing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.running.phase import SENTENCES
from components.text.model_text import plain
from components.text.server_words import server_words
from experiments.running.phase import Phase
from experiments.running.progress import Progress
from experiments.running.stand import Reason
from llm.words import counted

REASONS = 3  # why runs failed, the most frequent first


@dataclass(frozen=True)
class RunActions:
    """What sends the runs of the open experiment, and what stops that."""

    start: Callable[[], None]
    pause: Callable[[], None]
    cancel: Callable[[], None]
    retry_failed: Callable[[], None]


def run_buttons(phase: Phase, progress: Progress, trouble: str, failures: Sequence[Reason], does: RunActions) -> None:
    """Draw why an experiment does not run by itself, and the buttons that suit."""
    with st.container(gap="small"):
        if trouble:
            st.warning(plain(trouble), icon=":material/pause_circle:")
        if sentence := SENTENCES.get(phase):
            (st.warning if phase is Phase.INTERRUPTED else st.caption)(sentence)
        if failures:
            _reasons(failures)
        with st.container(key="run_buttons", horizontal=True):
            _buttons(phase, progress, does)


def _buttons(phase: Phase, progress: Progress, does: RunActions) -> None:
    if phase is Phase.RUNNING:
        st.button("Pause", key="pause", icon=":material/pause:", on_click=does.pause)
    elif phase is Phase.PLANNED:
        st.button("Start", key="start", type="primary", icon=":material/play_arrow:", on_click=does.start)
    elif phase is not Phase.CANCELLING and (phase is not Phase.DONE or progress.left):
        rest = "judge the rest" if progress.unjudged and not progress.left else f"{counted(progress.left, 'run')} left"
        st.button(f"Resume: {rest}", key="resume", type="primary", icon=":material/play_arrow:", on_click=does.start)
    if phase in (Phase.RUNNING, Phase.PAUSING, Phase.PAUSED, Phase.INTERRUPTED):
        st.button("Cancel", key="cancel", icon=":material/stop:", on_click=does.cancel)
    failed = progress.failed + progress.not_judged
    if failed and not phase.live:
        label = f"Retry failed: {counted(progress.failed, 'run')}" if progress.failed else "Retry what was not judged"
        st.button(label, key="retry_failed", icon=":material/replay:", on_click=does.retry_failed)


def _reasons(failures: Sequence[Reason]) -> None:
    for reason in failures[:REASONS]:
        st.caption(f"Why {counted(reason.count, 'run')} failed: {plain(reason.sentence)}")
        server_words(reason.detail)
    if (more := len(failures) - REASONS) > 0:
        st.caption(f"And {counted(more, 'other reason')}.")
