"""A folded part of the plan's form."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.session import impose, session, widget
from components.text.model_text import plain


def section(key: str, label: str, summary: str, needed: bool) -> DeltaGenerator:
    """A part that most people do not need; `summary` says what stands in it, and it opens where it is `needed`."""
    if needed:
        _fold(key, False)
    impose(key, key in session().planning.unfolded)
    shown = f"{label} :gray[· {plain(summary)}]" if summary else label
    return st.expander(shown, key=key, on_change=lambda: _fold(key, not widget(key)))


def _fold(key: str, folded: bool) -> None:
    unfolded = session().planning.unfolded
    (unfolded.discard if folded else unfolded.add)(key)
