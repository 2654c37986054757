"""What is wrong with the playground as a whole, at the top of every page."""

import streamlit as st

from components.model_text import plain


def banner(trouble: str) -> None:
    """Say why nothing can be saved; "" draws nothing. A click looks again: the page simply runs once more."""
    with st.container():  # there in any case, so that the page keeps its places
        if trouble:
            st.error(plain(trouble), icon=":material/database_off:")
            st.button("Try again", key="try_again", icon=":material/refresh:")
