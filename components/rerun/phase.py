"""What a rerun is doing, in words."""

import streamlit as st

from components.running.phase import COLORS, ICONS
from experiments.running.phase import Phase

WORDS = {Phase.CANCELLING: "Stopping", Phase.CANCELLED: "Stopped"}
INTERRUPTED = (
    "This replay was interrupted: the playground ended while it ran. Resume sends what is left, nothing twice."
)


def rerun_phase(phase: Phase) -> str:
    """A word for it."""
    return WORDS.get(phase, phase.capitalize())


def rerun_badge(phase: Phase) -> None:
    """Draw what a rerun is doing."""
    st.badge(rerun_phase(phase), icon=ICONS[phase], color=COLORS.get(phase, "gray"))
