"""The conversations in the sidebar, newest first, under the day of their last message."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

import streamlit as st

from components.clock import day_heading
from components.list_entry import LabelActions, ListedActions, labelled_entry
from components.text.model_text import plain
from components.watch import watch
from storage.records import Deleted, ListedConversation


def new_conversation_button(open_conversation: Callable[[None], None]) -> None:
    st.button(
        "New conversation",
        key="new_conversation",
        icon=":material/edit_square:",
        shortcut="Ctrl+Shift+O",
        on_click=open_conversation,
        args=(None,),
        width="stretch",
    )


def conversation_list(
    pinned: Sequence[ListedConversation],
    conversations: Sequence[ListedConversation],
    current: str | None,
    more: Callable[[], None] | None,
    actions: ListedActions,
    marks: LabelActions,
) -> None:
    """Draw the conversations as buttons that open them, each with a menu; `more` lists older ones, if there are."""
    days = groupby(conversations, lambda conversation: day_heading(conversation.updated_at))
    with st.container(key="conversations", gap=None):
        for heading, listed in [("Pinned", pinned)] * bool(pinned) + [(day, list(listed)) for day, listed in days]:
            st.caption(heading)
            for conversation in listed:
                labelled_entry(conversation, conversation.id == current, actions, marks)
        if more:
            st.button("Show older", key="older_conversations", type="tertiary", on_click=more)


def undo_deletions(deleted: Sequence[Deleted], undo: timedelta, restore: Callable[..., None]) -> None:
    """Offer to take each of these deletions back, for as long as `undo` after it; what went at once comes back so:
    `restore` is called with each id."""
    for moment, group in groupby(deleted, lambda conversation: conversation.deleted_at):
        first, *others = group
        what = f"{len(others) + 1:,} conversations" if others else f"“{plain(_short(first.title))}”"
        key = f"deleted_{first.id}"
        with st.container(key=key, border=True, horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(gap=None):
                st.caption(f"Deleted {what}.")
                _count_down(moment, undo)
            # Outside the fragment, whose run each second could meet a click.
            ids = (first.id, *(other.id for other in others))
            st.button("Undo", key=f"undo_{first.id}", icon=":material/undo:", on_click=restore, args=ids)


def _short(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


def _count_down(since: datetime, undo: timedelta) -> None:
    def left() -> timedelta:
        return since + undo - datetime.now(UTC)

    watch(
        True,
        lambda: timedelta(0) < left() <= undo,  # more is left if the clock has been set back
        draw=lambda: st.caption(f"Gone for good in {left().total_seconds():.0f} s."),
    )
