"""What is listed by its title: a button that opens it, and a menu that renames or deletes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import streamlit as st

from components.session import widget
from components.text.model_text import plain

RENAME, DELETE = "Rename", "Delete"
LONGEST = 200  # characters of a title
_ICONS = {RENAME: ":material/edit: Rename", DELETE: ":material/delete: Delete"}


class Titled(Protocol):
    """A conversation, or what else has a title."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class ListedActions:
    """What a list can do."""

    open: Callable[[str | None], None]
    rename: Callable[[str, str], None]
    delete: Callable[[str], None]
    more: Callable[[], None]


def entry(listed: Titled, is_open: bool, does: ListedActions, kind: str = "conversation") -> None:
    """Draw a button that opens what is listed, with its menu; `kind` is a word for it."""
    title = plain(listed.title)
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        st.button(
            f"**{title}**" if is_open else title,
            key=f"open_{listed.id}",
            type="tertiary",
            on_click=does.open,
            args=(listed.id,),
            width="stretch",
            wrap=False,
        )
        title_menu(listed, does.rename, does.delete, kind, f"menu_{listed.id}")


def title_menu(
    of: Titled, rename: Callable[[str, str], None], delete: Callable[[str], None], kind: str, key: str
) -> None:
    """Draw the menu that renames or deletes."""
    choice = st.menu_button(
        "",
        [RENAME, DELETE],
        key=key,
        icon=":material/more_horiz:",
        type="tertiary",
        format_func=_ICONS.__getitem__,
        on_click=lambda: delete(of.id) if widget(key) == DELETE else None,
        help="Rename or delete",
    )
    if choice == RENAME:
        st.dialog(f"Rename {kind}")(_rename)(of, rename)


def _rename(of: Titled, rename: Callable[[str, str], None]) -> None:
    with st.form("rename", border=False):
        title = st.text_input("Title", of.title, key="new_title").strip()
        if not st.form_submit_button("Save", type="primary"):
            return
        if fault := _fault(title):
            st.markdown(f":red[{fault}]")
            return
        rename(of.id, title)
        st.rerun()


def _fault(title: str) -> str:
    """What is wrong with a title; "" for nothing."""
    if not title:
        return "Type a title."
    return f"That has {len(title):,} characters: take at most {LONGEST}." if len(title) > LONGEST else ""
