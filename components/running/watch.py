"""Looking at an experiment while it runs, without drawing the rest of the page anew."""

from collections.abc import Callable

import streamlit as st

from components.running.phase import Phase

AGAIN = 1.0  # seconds


def watch(phase: Phase, now: Callable[[], Phase], draw: Callable[[], None]) -> None:
    """Draw what changes, each second while the experiment is live; the whole page when it does something else."""

    @st.fragment(run_every=AGAIN if phase.live else None)
    def look() -> None:
        if now() is not phase:
            st.rerun()
        draw()

    look()
