"""The text of a message, drawn as Markdown as far as a browser stays quick, and the way to the rest."""

import streamlit as st

from components.text.model_text import inert

LONGEST_DRAWN = 50_000  # characters; Chromium needs about 0.1 s for each 10,000 of dense Markdown, in one piece
SHORTEST_LINE = 2_000  # characters that the cut goes back at most to end with a line


def message_text(text: str, key: str) -> None:
    """Draw a text; of a very long one the beginning, its length, and the whole as a file. `key` names its message."""
    shown = beginning(text)
    st.markdown(inert(shown))
    if len(shown) == len(text):
        return
    with st.container(key=f"cut_{key}", horizontal=True, vertical_alignment="center"):
        st.caption(f"The first {len(shown):,} of {len(text):,} characters are drawn; copies and downloads are whole.")
        st.download_button(
            "Download the whole text",
            text,
            f"{key}.md",
            "text/markdown",
            key=f"whole_{key}",
            icon=":material/download:",
            on_click="ignore",
        )


def beginning(text: str) -> str:
    """As much of a text as is drawn: all of it, or its first lines."""
    if len(text) <= LONGEST_DRAWN:
        return text
    end = text.rfind("\n", LONGEST_DRAWN - SHORTEST_LINE, LONGEST_DRAWN)
    return text[: LONGEST_DRAWN if end < 0 else end + 1]
