"""What an experiment is doing, in words."""

from enum import StrEnum

import streamlit as st

from storage.records import ExperimentState


class Phase(StrEnum):
    """What an experiment is doing: as it is stored, and as it runs in this process."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSING = "pausing"  # nothing leaves any more, but something is under way
    CANCELLING = "cancelling"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # the playground ended while it ran
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def live(self) -> bool:
        return self in (Phase.RUNNING, Phase.PAUSING, Phase.CANCELLING)


ICONS = {
    Phase.PLANNED: ":material/edit_note:",
    Phase.RUNNING: ":material/play_circle:",
    Phase.PAUSING: ":material/pause_circle:",
    Phase.CANCELLING: ":material/stop_circle:",
    Phase.PAUSED: ":material/pause_circle:",
    Phase.INTERRUPTED: ":material/error:",
    Phase.CANCELLED: ":material/stop_circle:",
    Phase.DONE: ":material/check_circle:",
}
COLORS = {Phase.RUNNING: "blue", Phase.PAUSING: "blue", Phase.INTERRUPTED: "orange", Phase.DONE: "green"}
SENTENCES = {
    Phase.PLANNED: "Nothing has been sent yet.",
    Phase.PAUSING: "Pausing: what is under way comes to its end, nothing more leaves.",
    Phase.CANCELLING: "Cancelling: what is under way is being stopped.",
    Phase.INTERRUPTED: "This experiment was interrupted: the playground ended while it ran. Resume sends what is left.",
}


def phase_of(state: ExperimentState, live: bool, paused: bool, cancelled: bool) -> Phase:
    """The phase of an experiment in this state; whether it is live in this process, and then paused or cancelled."""
    if live:
        return Phase.CANCELLING if cancelled else Phase.PAUSING if paused else Phase.RUNNING
    return Phase.INTERRUPTED if state is ExperimentState.RUNNING else Phase(state)


def phase_badge(phase: Phase) -> None:
    st.badge(phase.capitalize(), icon=ICONS[phase], color=COLORS.get(phase, "gray"))
