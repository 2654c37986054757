"""The box for a prompt to all columns."""

from collections.abc import Callable
from contextlib import nullcontext

import streamlit as st

from components.session import widget

COMPOSER = "compare_prompt"


def ask_all(on_send: Callable[[str], None], follow: bool) -> None:
    """Draw the box; with `follow` the page stays at its end while replies grow, else one reads it from its top."""
    with nullcontext() if follow else st.bottom:  # where Streamlit lets only the first follow
        st.chat_input("Ask all columns", key=COMPOSER, on_submit=lambda: on_send(widget(COMPOSER)))
