"""A folded part of the plan's form."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.session import project


def section(key: str, label: str, summary: str, needed: bool) -> DeltaGenerator:
    """A part that most people do not need; `summary` says what stands in it, and it opens where it is `needed`."""
    if needed:
        project(key, True)
    return st.expander(f"{label} :gray[· {summary}]" if summary else label, key=key, on_change="rerun")
