"""The comparisons of before, newest first, under the day when they were last used."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from components.sidebar.conversation_list import ConversationActions, day_heading, entry, zone
from storage.records import ListedComparison, StoredComparison


def earlier(found: Sequence[tuple[ListedComparison, StoredComparison]], more: bool, does: ConversationActions) -> None:
    """Draw comparisons as buttons that open them, each with what it compares; `more` offers to list older ones."""
    with st.container(key="comparisons", gap="xsmall"):
        for day, listed in groupby(found, lambda pair: day_heading(pair[0].updated_at)):
            st.caption(day)
            for comparison, stored in listed:
                with st.container(horizontal=True, vertical_alignment="center", key=f"listed_{comparison.id}"):
                    entry(comparison, False, does, "comparison")
                    st.caption(_size(stored), width="content")
        if more:
            st.button("Show older", key="older_comparisons", type="tertiary", on_click=does.more)


def _size(stored: StoredComparison) -> str:
    """How many columns, how often each was asked, and whether names are hidden."""
    times = f" × {stored.repetitions}" if stored.repetitions > 1 else ""
    blind = " · blind" if stored.hidden else " · blind, revealed" if stored.blind else ""
    return f"{len(stored.columns)} columns{times}{blind} · {stored.created_at.astimezone(zone()):%H:%M}"
