"""What a search has found: a title or a message, with the words marked, all of it a button."""

from collections.abc import Callable

import streamlit as st

from components.sidebar.conversation_list import when
from components.text.model_text import plain
from storage.chats.search import Hit
from storage.chats.search_words import Marked

_ROLES = {"user": "You", "assistant": "Reply"}


def hit(found: Hit, open_message: Callable[[str, int | None], None], key: str) -> None:
    """Draw a title, where the words stand, and when; it opens the message in its branch."""
    message = found.message_id
    with st.container(key=f"{key}_{'title' if message is None else message}_{found.place.number}", gap=None):
        st.button(
            marked_text(found.title) or "Untitled",
            key=f"{key}_open_{found.place.in_titles}_{found.place.number}",
            type="tertiary",
            on_click=open_message,
            args=(found.conversation.id, message),
            width="stretch",
            wrap=False,
        )
        said = "Title" if message is None else _ROLES[found.role]
        archived = " · archived" if found.conversation.archived else ""
        words = f" · {marked_text(found.excerpt)}" if found.excerpt else ""
        st.caption(f":small[{when(found.moment)} · {said}{archived}{words}]")


def marked_text(pieces: Marked) -> str:
    """Pieces of a text in Markdown, shown exactly as they are; what was searched for stands out."""
    return "".join(f":orange-background[{_exactly(text)}]" if found else _exactly(text) for text, found in pieces)


def _exactly(text: str) -> str:
    """One piece, with the spaces at its ends that keep it apart from the next."""
    before, after = text[:1].isspace() * " ", text[1:][-1:].isspace() * " "
    return f"{before}{plain(text)}{after}"
