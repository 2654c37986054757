"""Where one types: the line of what will be sent, a notice, Stop while a reply streams, and the prompt."""

from collections.abc import Callable

import streamlit as st

from components.model_text import plain
from components.session import widget


def composer(line: str, notice: str, on_send: Callable[[str], None], on_stop: Callable[[], None] | None) -> None:
    """Draw the composer; `on_stop` is given exactly while a reply streams."""
    with st.bottom:
        if notice:
            st.warning(plain(notice))
        if line:
            st.caption(plain(line))
        if on_stop:
            st.button(
                "Stop",
                key="stop",
                icon=":material/stop_circle:",
                on_click=on_stop,
                shortcut="Ctrl+Shift+X",
            )
    st.chat_input("Ask anything", key="prompt", on_submit=lambda: on_send(widget("prompt")))
