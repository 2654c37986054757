"""What a server said of a failure, in its own words: text of a stranger's, which is drawn as it is written."""

import streamlit as st

SHORT = 300  # characters that are shown without a click


def server_words(detail: str, title: str = "What the server said") -> None:
    """Draw a server's words, folded where they are many; nothing where it said none."""
    if detail:
        with st.expander(title, expanded=len(detail) <= SHORT):
            st.code(detail, language=None, wrap_lines=True)
