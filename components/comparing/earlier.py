"""The comparisons in the sidebar, newest first, under the day when they were last used."""

from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st

from components.clock import day_heading, zone
from components.list_entry import ListedActions, entry
from storage.experiments.records import ListedComparison


def earlier(
    found: Sequence[ListedComparison], current: str | None, more: Callable[[], None] | None, does: ListedActions
) -> None:
    """Draw a button for a new comparison, and those of before, each with what it compares; `more` lists older ones,
    if there are."""
    icon = ":material/add:"
    st.button("New comparison", key="new_comparison", icon=icon, on_click=does.open, args=(None,), width="stretch")
    with st.container(key="comparisons", gap=None):
        for day, listed in groupby(found, lambda comparison: day_heading(comparison.updated_at)):
            st.caption(day)
            for comparison in listed:
                with st.container(gap=None, key=f"listed_{comparison.id}"):
                    entry(comparison, comparison.id == current, does, "comparison")
                    st.caption(_size(comparison))
        if more:
            st.button("Show older", key="older_comparisons", type="tertiary", on_click=more)


def _size(listed: ListedComparison) -> str:
    """How many columns, how often each was asked, whether names are hidden, and when."""
    times = f" × {listed.repetitions}" if listed.repetitions > 1 else ""
    blind = f" · blind{', revealed' if listed.revealed else ''}" if listed.blind else ""
    return f"{listed.columns} columns{times}{blind} · {listed.updated_at.astimezone(zone()):%H:%M}"
