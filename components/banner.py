"""What is wrong with the playground as a whole, at the top of every page."""

from collections.abc import Callable

import streamlit as st

from components.text.model_text import plain

LOOK_AGAIN = 2.0  # seconds


def banner(trouble: str, look: Callable[[], str] | None = None) -> None:
    """Say why nothing can be saved; "" draws nothing.

    After a click the page runs once more; by itself it does so when `look` no longer finds the same trouble.
    """
    with st.container():  # there in any case, so that the page keeps its places
        if trouble:
            st.error(plain(trouble), icon=":material/database_off:")
            st.button("Try again", key="try_again", icon=":material/refresh:")
            if look:
                _wait_for_change(trouble, look)


@st.fragment(run_every=LOOK_AGAIN)
def _wait_for_change(trouble: str, look: Callable[[], str]) -> None:
    if look() != trouble:
        st.rerun()
