"""The conversations in the sidebar, newest first, under the day of their last message."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from components.session import Deletion, widget
from components.text.model_text import plain
from storage.records import ListedConversation

RENAME, DELETE = "Rename", "Delete"
_ICONS = {RENAME: ":material/edit: Rename", DELETE: ":material/delete: Delete"}


@dataclass(frozen=True)
class ConversationActions:
    """What the list can do."""

    open: Callable[[str | None], None]
    rename: Callable[[str, str], None]
    delete: Callable[[ListedConversation], None]
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


def undo_deletion(deleted: Deletion, seconds: float, restore: Callable[[str], None]) -> None:
    """Offer to take a deletion back while that is possible."""
    with st.container(key="undo", border=True, gap="xsmall"):
        st.caption(f"Deleted “{plain(_short(deleted.title))}”.")
        # Outside the fragment, whose run each second could meet a click.
        st.button("Undo", key="undo_delete", icon=":material/undo:", on_click=restore, args=(deleted.conversation_id,))
        _count_down(deleted.at + seconds)


def _short(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


@st.fragment(run_every=1.0)
def _count_down(until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        st.rerun()
    st.caption(f"Gone for good in {left:.0f} s.")


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
            args=(conversation, actions.delete),
            help="Rename or delete",
        )
    if choice == RENAME:
        _rename(conversation, actions.rename)


def _delete_if_chosen(conversation: ListedConversation, delete: Callable[[ListedConversation], None]) -> None:
    if widget(f"menu_{conversation.id}") == DELETE:
        delete(conversation)


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
