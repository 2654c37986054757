"""Where one types: what is worth knowing before one sends, a notice, Stop while a reply streams, and the prompt."""

from collections.abc import Callable, Iterable

import streamlit as st

from components.session import widget
from components.text.model_text import plain


def above_composer(lines: Iterable[str], notice: str, on_stop: Callable[[], None] | None, stops: str = "Stop") -> None:
    """Draw what stands above the prompt, but no empty lines; `on_stop` is given exactly while a reply streams."""
    with st.bottom, st.container():
        if notice:
            st.warning(plain(notice))
        for line in lines:
            if line and line != notice:
                st.caption(plain(line))
        if on_stop:
            st.button(
                stops,
                key="stop",
                icon=":material/stop_circle:",
                on_click=on_stop,
                shortcut="Ctrl+Shift+X",
            )


def composer(on_send: Callable[[str], None]) -> None:
    """Draw the box for the prompt."""
    st.chat_input("Ask anything", key="prompt", on_submit=lambda: on_send(widget("prompt")))
