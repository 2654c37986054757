"""Looking at what changes by itself, without drawing the rest of the page anew."""

from collections.abc import Callable

import streamlit as st

AGAIN = 1.0  # seconds


def watch(
    drawn: object,
    now: Callable[[], object],
    live: bool = True,
    draw: Callable[[], None] = lambda: None,
    every: float = AGAIN,
) -> None:
    """Draw what changes, anew `every` so many seconds while it is live; the whole page once `now` finds something else
    than what has been `drawn`."""

    @st.fragment(run_every=every if live else None)
    def look() -> None:
        if now() != drawn:
            st.rerun()
        draw()

    look()
