"""Where one types: what is worth knowing before one sends, a notice, Stop while a reply streams, and the prompt."""

from collections.abc import Callable, Iterable

import streamlit as st

from components.session import widget
from components.text.model_text import plain


def composer(
    lines: Iterable[str], notice: str, on_send: Callable[[str], None], on_stop: Callable[[], None] | None
) -> None:
    """Draw the composer; `on_stop` is given exactly while a reply streams. An empty line is not drawn."""
    with st.bottom:
        if notice:
            st.warning(plain(notice))
        for line in lines:
            if line and line != notice:
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
