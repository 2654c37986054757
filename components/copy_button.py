"""A button that copies a text, drawn or not, in one click."""

import streamlit as st

from components.assets import source

_draw = st.components.v2.component(
    "copy_button", css=source("copy_button.css"), js=source("clipboard.js") + source("copy_button.js")
)


def copy_button(label: str, text: str, key: str) -> None:
    """Draw the button; it says so when the text has been copied."""
    with st.container(key=key, width="content"):
        _draw(key=f"{key}_button", data={"label": label, "text": text})
