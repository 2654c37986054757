"""Two replies as one text, with the words that only one of them has."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

import streamlit as st

from components.chat.message_text import LONGEST_DRAWN
from components.session import project, widget
from experiments.reading.differences import Kind, Piece

_TAGS = {Kind.REMOVED: "del", Kind.ADDED: "ins"}


def choose_two(names: Sequence[str], chosen: tuple[int, int], on_choice: Callable[[tuple[int, int]], None]) -> None:
    """Choose the two columns whose replies are compared, by their places."""
    keys = ("difference_old", "difference_new")
    with st.container(horizontal=True, key="differing"):
        for key, label, place in zip(keys, ("Struck out: only here", "Underlined: only here"), chosen, strict=True):
            project(key, place)
            st.selectbox(
                label,
                range(len(names)),
                key=key,
                format_func=names.__getitem__,
                filter_mode=None,
                on_change=lambda: on_choice((widget(keys[0]), widget(keys[1]))),
            )


def word_differences(pieces: Sequence[Piece]) -> None:
    """Draw the pieces of two texts; of very long ones the beginning."""
    if all(piece.kind is Kind.SAME for piece in pieces):
        st.caption("These two are the same, word for word.")
    shown = list(_beginning(pieces))
    st.html(f'<div class="word-differences">{"".join(_marked(piece) for piece in shown)}</div>')
    if sum(len(piece.text) for piece in shown) < sum(len(piece.text) for piece in pieces):
        st.caption(f"The first {LONGEST_DRAWN:,} characters are drawn.")


def _beginning(pieces: Sequence[Piece]) -> Iterator[Piece]:
    left = LONGEST_DRAWN
    for piece in pieces:
        if left > 0:
            yield Piece(piece.kind, piece.text[:left])
        left -= len(piece.text)


def _marked(piece: Piece) -> str:
    tag, text = _TAGS.get(piece.kind, "span"), escape(piece.text)
    return f"<{tag}>{text}</{tag}>"
