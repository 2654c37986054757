"""Which server and which of its models answers."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.session import project, widget
from components.text.model_text import plain
from components.watch import watch

CONNECTION_HELP = (
    "The server that answers. It comes from OPENAI_API_KEY and OPENAI_BASE_URL; the built-in model needs neither."
)
MODEL_HELP = "The model that writes the reply. Pick one that the server lists, or type any other name."


def connection_picker(
    names: Sequence[str], current: str, on_change: Callable[[str], None], key: str = "connection"
) -> None:
    """Choose a connection by name."""
    project(key, current)
    options = names or [current]
    st.selectbox(
        "Connection",
        options,
        index=options.index(current) if current in options else 0,
        key=key,
        help=CONNECTION_HELP,
        on_change=lambda: on_change(widget(key)),
        filter_mode=None,
    )


def model_picker(
    models: Sequence[str], current: str, note: str, on_change: Callable[[str], None], key: str = "model"
) -> None:
    """Choose a model by name, searchable, or type one; `note` says what is worth knowing about the choice."""
    options = list(models) if not current or current in models else [current, *models]
    project(key, current or None)
    with st.container(gap="xxsmall"):
        st.selectbox(
            "Model",
            options,
            index=options.index(current) if current else 0,
            key=key,
            help=MODEL_HELP,
            placeholder="Choose a model or type its name",
            accept_new_options=True,
            on_change=lambda: on_change((widget(key) or "").strip()),
        )
        if note:
            st.caption(plain(note))


def wait_for_models(arrived: Callable[[], bool]) -> None:
    """Draw the page again when a server's list of models has arrived."""
    watch(False, arrived, every=0.5)
