"""What is wrong with the playground as a whole, at the top of every page."""

from collections.abc import Callable

import streamlit as st

from components.text.model_text import plain


def banner(trouble: str, on_retry: Callable[[], None] | None = None) -> None:
    """Say why nothing can be saved; "" draws nothing. After a click the page simply runs once more, and looks again."""
    with st.container():  # there in any case, so that the page keeps its places
        if trouble:
            st.error(plain(trouble), icon=":material/database_off:")
            st.button("Try again", key="try_again", icon=":material/refresh:", on_click=on_retry)
