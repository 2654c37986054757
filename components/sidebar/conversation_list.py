"""The conversations in the sidebar, newest first, under the day of their last message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from components.session import widget
from components.text.model_text import plain
from storage.records import DeletedConversation, ListedConversation

RENAME, DELETE = "Rename", "Delete"
_ICONS = {RENAME: ":material/edit: Rename", DELETE: ":material/delete: Delete"}


@dataclass(frozen=True)
class ConversationActions:
    """What the list can do."""

    open: Callable[[str | None], None]
    rename: Callable[[str, str], None]
    delete: Callable[[str], None]
    more: Callable[[], None]


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
    conversations: list[ListedConversation], current: str | None, more: bool, actions: ConversationActions
) -> None:
    """Draw the conversations as buttons that open them, each with a menu; `more` offers to list older ones."""
    with st.container(key="conversations", gap=None):
        heading = ""
        for conversation in conversations:
            day = _day(conversation.updated_at)
            if day != heading:
                heading = day
                st.caption(heading)
            _entry(conversation, conversation.id == current, actions)
        if more:
            st.button("Show older", key="older_conversations", type="tertiary", on_click=actions.more)


def undo_deletions(deleted: Sequence[DeletedConversation], undo: timedelta, restore: Callable[[str], None]) -> None:
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


@st.fragment(run_every=1.0)
def _count_down(since: datetime, undo: timedelta) -> None:
    left = since + undo - datetime.now(UTC)
    if not timedelta(0) < left <= undo:  # more is left if the clock has been set back
        st.rerun()
    st.caption(f"Gone for good in {left.total_seconds():.0f} s.")


def _entry(conversation: ListedConversation, is_open: bool, actions: ConversationActions) -> None:
    title = plain(conversation.title)
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        st.button(
            f"**{title}**" if is_open else title,
            key=f"open_{conversation.id}",
            type="tertiary",
            on_click=actions.open,
            args=(conversation.id,),
            width="stretch",
            wrap=False,
        )
        choice = st.menu_button(
            "",
            [RENAME, DELETE],
            key=f"menu_{conversation.id}",
            icon=":material/more_horiz:",
            type="tertiary",
            format_func=_ICONS.__getitem__,
            on_click=_delete_if_chosen,
            args=(conversation.id, actions.delete),
            help="Rename or delete",
        )
    if choice == RENAME:
        _rename(conversation, actions.rename)


def _delete_if_chosen(conversation_id: str, delete: Callable[[str], None]) -> None:
    if widget(f"menu_{conversation_id}") == DELETE:
        delete(conversation_id)


@st.dialog("Rename conversation")
def _rename(conversation: ListedConversation, rename: Callable[[str, str], None]) -> None:
    with st.form("rename", border=False):
        title = st.text_input("Title", conversation.title, key="new_title", max_chars=200)
        if st.form_submit_button("Save", type="primary"):
            if title.strip():
                rename(conversation.id, title.strip())
            st.rerun()


def _day(moment: datetime) -> str:
    """The heading for a moment: today, yesterday, the last week, then the month."""
    zone = _zone()
    day, today = moment.astimezone(zone).date(), datetime.now(zone).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return "Previous 7 days"
    return _month(day)


def _month(day: date) -> str:
    return day.strftime("%B %Y")


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
