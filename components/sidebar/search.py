"""The search in the sidebar: as one types, what is found stands in the place of the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.hit import hit
from components.session import widget
from storage.search.search import Hit

LONGEST = 10_000  # characters of what is searched for


@dataclass(frozen=True)
class SearchActions:
    """What can be done with what was found."""

    open: Callable[[str, int | None], None]
    more: Callable[[], None]
    all_results: Callable[[], None]


def search_box(on_type: Callable[[str], None], key: str = "search", label: str = "Search") -> None:
    """Draw the box; `on_type` is told after each pause in the typing."""
    st.text_input(
        label,
        key=key,
        type="search",
        live="200ms",
        placeholder=label,
        label_visibility="collapsed",
        on_change=lambda: on_type((widget(key) or "")[:LONGEST]),
    )


def hits(found: Sequence[Hit], more: bool, does: SearchActions) -> None:
    """Draw what was found; `more` offers older ones."""
    with st.container(key="hits", gap=None):
        for each in found:
            hit(each, does.open)
        if not found:
            st.caption("Nothing found.")
        if more:
            st.button("Show older", key="older_hits", type="tertiary", on_click=does.more)
    st.button("All results", key="all_results", type="tertiary", icon=":material/list:", on_click=does.all_results)
