"""What an experiment is doing, in words."""

import streamlit as st

from experiments.running.phase import Phase

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


def phase_badge(phase: Phase, capped: bool = False) -> None:
    """Draw what an experiment is doing; `capped` says that its cap is reached."""
    words = "Paused: cap reached" if capped and phase is Phase.PAUSED else phase.capitalize()
    st.badge(words, icon=ICONS[phase], color=COLORS.get(phase, "gray"))
