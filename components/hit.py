"""What a search has found: a title or a message, with the words marked, all of it to be clicked."""

from collections.abc import Callable

import streamlit as st

from components.clock import when
from components.text.model_text import plain
from storage.search.search import Hit
from storage.search.words import Marked

_ROLES = {"user": "You", "assistant": "Reply"}


def hit(found: Hit, open_message: Callable[[str, int | None], None]) -> None:
    """Draw a title, where the words stand, and when; it opens the message in its branch."""
    name = f"{'title' if found.place.in_titles else 'message'}_{found.place.number}"
    with st.container(key=f"hit_{name}", gap=None):
        st.button(
            f"**{marked_text(found.title) or 'Untitled'}**",
            key=f"open_{name}",
            type="tertiary",
            on_click=open_message,
            args=(found.conversation.id, found.message_id),
            width="stretch",
            wrap=False,
        )
        if found.excerpt:
            st.caption(marked_text(found.excerpt))
        st.caption(f":small[{_what(found)} · {when(found.moment)}]")


def _what(found: Hit) -> str:
    said = "Title" if found.message_id is None else _ROLES[found.role]
    return f"{said} · archived" if found.conversation.archived else said


def marked_text(pieces: Marked) -> str:
    """Pieces of a text in Markdown, shown exactly as they are; what was searched for stands out."""
    return "".join(f":orange-background[{_exactly(text)}]" if found else _exactly(text) for text, found in pieces)


def _exactly(text: str) -> str:
    """One piece, with the spaces at its ends that keep it apart from the next."""
    before, after = text[:1].isspace() * " ", text[1:][-1:].isspace() * " "
    return f"{before}{plain(text)}{after}"
