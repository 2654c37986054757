"""Looking at what runs by itself, without drawing the rest of the page anew."""

from collections.abc import Callable

import streamlit as st

AGAIN = 1.0  # seconds


def watch(drawn: object, now: Callable[[], object], live: bool, draw: Callable[[], None] = lambda: None) -> None:
    """Draw what changes, each second anew while it is live; the whole page once `now` finds something else than what
    has been drawn."""

    @st.fragment(run_every=AGAIN if live else None)
    def look() -> None:
        if now() != drawn:
            st.rerun()
        draw()

    look()
