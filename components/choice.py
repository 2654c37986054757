"""One of a few things, side by side."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from components.session import widget

T = TypeVar("T")


def choice(label: str, options: Sequence[T], key: str, on_choose: Callable[[T], None], **look: Any) -> None:
    """Draw the options as buttons of which one is pressed; `look` is what else Streamlit's control takes.

    `on_choose` is never told that nothing is chosen. A browser says that of a control which it draws anew while a run
    of the page was cut short; nobody can press it so.
    """

    def chosen() -> None:
        if (option := widget(key)) is not None:
            on_choose(option)

    st.segmented_control(label, options, key=key, required=True, on_change=chosen, **look)
