"""A folded part of the plan's form."""

from collections.abc import Callable, Collection

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.session import impose, widget
from components.text.model_text import plain

Section = Callable[[str, str, str, bool], DeltaGenerator]  # `section` but for its first two arguments


def section(
    unfolded: Collection[str], fold: Callable[[str, bool], None], key: str, label: str, summary: str, needed: bool
) -> DeltaGenerator:
    """A part that most people do not need; `summary` says what stands in it. It is open if its key is among those
    `unfolded`, to which `fold` adds it where it is `needed`."""
    if needed:
        fold(key, False)
    impose(key, needed or key in unfolded)
    shown = f"{label} :gray[· {plain(summary)}]" if summary else label
    return st.expander(shown, key=key, on_change=lambda: fold(key, not widget(key)))
