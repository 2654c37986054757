"""The lines of the library: conversations, or what a search has found in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.clock import when
from components.hit import marked_text
from components.list_entry import LabelActions, ListedActions, conversation_menu, tags_line
from components.session import project, widget
from components.text.model_text import plain
from storage.records import ListedConversation
from storage.search.search import Hit


@dataclass(frozen=True)
class RowActions:
    """What can be done with a line."""

    open: Callable[[str, int | None], None]
    choose: Callable[[str, bool], None]
    listed: ListedActions
    marks: LabelActions


def rows(found: Sequence[ListedConversation | Hit], chosen: set[str], does: RowActions) -> None:
    """Draw a line for each."""
    with st.container(key="library_rows", gap=None):
        for number, line in enumerate(found):
            if isinstance(line, Hit):
                _row(number, line.conversation, marked_text(line.title), line, chosen, does)
            else:
                _row(number, line, plain(line.title), None, chosen, does)


def _row(number: int, of: ListedConversation, title: str, hit: Hit | None, chosen: set[str], does: RowActions) -> None:
    message = hit.message_id if hit else None
    key = f"{of.id}_{message or 'title'}"
    with st.container(key=f"library_row_{number}", horizontal=True, vertical_alignment="center", gap="small"):
        project(f"choose_{key}", of.id in chosen)
        st.checkbox(
            f"Choose {plain(of.title)}",
            key=f"choose_{key}",
            label_visibility="collapsed",
            on_change=lambda: does.choose(of.id, widget(f"choose_{key}")),
        )
        with st.container(key=f"library_line_{number}", gap=None):
            st.button(
                title or "Untitled",
                key=f"open_row_{key}",
                type="tertiary",
                on_click=does.open,
                args=(of.id, message),
                width="stretch",
                wrap=False,
            )
            if about := _about(of, hit):
                st.caption(about)
        st.caption(when(hit.moment if hit else of.updated_at), width="content")
        conversation_menu(of, does.listed, does.marks, f"library_menu_{key}")


def _about(of: ListedConversation, hit: Hit | None) -> str:
    """Under a title: where the words stand, and how the conversation is marked."""
    signs = [f":material/{icon}: {word}" for has, icon, word in _signs(of) if has]
    words = [marked_text(hit.excerpt)] if hit and hit.excerpt else []
    return " ".join([*words, *(f":gray-badge[:small[{sign}]]" for sign in signs), tags_line(of.tags)]).strip()


def _signs(of: ListedConversation) -> tuple[tuple[bool, str, str], ...]:
    return (of.pinned, "keep", "pinned"), (of.archived, "archive", "archived")
