"""The conversations in the sidebar, newest first, under the day of their last message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from components.session import widget
from components.text.model_text import plain
from storage.records import Deleted, ListedConversation

RENAME, DELETE = "Rename", "Delete"
_ICONS = {RENAME: ":material/edit: Rename", DELETE: ":material/delete: Delete"}


class Listed(Protocol):
    """What can be listed: a conversation, or what else has a title."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...


@dataclass(frozen=True)
class ListedActions:
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


@st.fragment(run_every=1.0)
def _count_down(since: datetime, undo: timedelta) -> None:
    left = since + undo - datetime.now(UTC)
    if not timedelta(0) < left <= undo:  # more is left if the clock has been set back
        st.rerun()
    st.caption(f"Gone for good in {left.total_seconds():.0f} s.")


def entry(listed: Listed, is_open: bool, actions: ListedActions, kind: str = "conversation") -> None:
    """Draw a button that opens what is listed, with a menu; `kind` is a word for it."""
    title = plain(listed.title)
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        st.button(
            f"**{title}**" if is_open else title,
            key=f"open_{listed.id}",
            type="tertiary",
            on_click=actions.open,
            args=(listed.id,),
            width="stretch",
            wrap=False,
        )
        choice = st.menu_button(
            "",
            [RENAME, DELETE],
            key=f"menu_{listed.id}",
            icon=":material/more_horiz:",
            type="tertiary",
            format_func=_ICONS.__getitem__,
            on_click=_delete_if_chosen,
            args=(listed.id, actions.delete),
            help="Rename or delete",
        )
    if choice == RENAME:
        st.dialog(f"Rename {kind}")(_rename)(listed, actions.rename)


def _delete_if_chosen(id_: str, delete: Callable[[str], None]) -> None:
    if widget(f"menu_{id_}") == DELETE:
        delete(id_)


def _rename(listed: Listed, rename: Callable[[str, str], None]) -> None:
    with st.form("rename", border=False):
        title = st.text_input("Title", listed.title, key="new_title", max_chars=200)
        if st.form_submit_button("Save", type="primary"):
            if title.strip():
                rename(listed.id, title.strip())
            st.rerun()


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
