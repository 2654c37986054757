"""The conversations in the sidebar, newest first, under the day of their last message."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from components.list_entry import ListedActions, entry
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
    conversations: list[ListedConversation], current: str | None, more: bool, actions: ListedActions
) -> None:
    """Draw the conversations as buttons that open them, each with a menu; `more` offers to list older ones."""
    with st.container(key="conversations", gap=None):
        heading = ""
        for conversation in conversations:
            day = day_heading(conversation.updated_at)
            if day != heading:
                heading = day
                st.caption(heading)
            entry(conversation, conversation.id == current, actions)
        if more:
            st.button("Show older", key="older_conversations", type="tertiary", on_click=actions.more)


def undo_deletions(deleted: Sequence[Deleted], undo: timedelta, restore: Callable[[str], None]) -> None:
    """Offer to take each of these deletions back, for as long as `undo` after it."""
    for conversation in deleted:
        key = f"deleted_{conversation.id}"
        with st.container(key=key, border=True, horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(gap=None):
                st.caption(f"Deleted “{plain(_short(conversation.title))}”.")
                _count_down(conversation.deleted_at, undo)
            # Outside the fragment, whose run each second could meet a click.
            icon = ":material/undo:"
            st.button("Undo", key=f"undo_{conversation.id}", icon=icon, on_click=restore, args=(conversation.id,))


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


def day_heading(moment: datetime) -> str:
    """The heading for a moment: today, yesterday, the last week, then the month."""
    here = zone()
    day, today = moment.astimezone(here).date(), datetime.now(here).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return "Previous 7 days"
    return _month(day)


def _month(day: date) -> str:
    return day.strftime("%B %Y")


def zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
