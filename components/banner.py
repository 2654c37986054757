"""What is wrong with the playground as a whole, at the top of every page."""

from collections.abc import Callable

import streamlit as st

from components.text.model_text import plain
from components.watch import watch

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
                watch(trouble, look, every=LOOK_AGAIN)
