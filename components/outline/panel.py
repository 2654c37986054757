"""The outline of a conversation, in a drawer: its whole tree, a page of lines at a time. A click on a line jumps there.

One component draws all lines of a page: a widget for each would take seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.assets import source
from components.outline.lines import Line
from components.session import widget
from components.text.words_only import words_only
from llm.words import counted
from storage.records import Beginning

WIDTH = 560  # pixels
PAGE = 100  # lines
LONGEST = 160  # characters of a message
NO_TEXT = "no text"

_draw = st.components.v2.component(
    "outline",
    html='<div class="outline" role="tree" aria-label="Outline"></div>',
    css=source("outline.css"),
    js=source("outline.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Outline:
    """One page of the lines of a tree, with how the messages of these lines begin."""

    lines: Sequence[Line]
    beginnings: Mapping[int, Beginning]
    leaf: int | None
    page: int
    pages: int
    messages: int
    branches: int


@dataclass(frozen=True)
class OutlineDoes:
    """What can be done in it, each with the id of a message or the number of a page."""

    jump: Callable[[int], None]
    unfold: Callable[[int], None]
    turn_page: Callable[[int], None]


def outline_drawer(read: Callable[[], Outline | None], does: OutlineDoes) -> None:
    """Open the drawer; `read` is asked whenever it is drawn."""
    st.dialog("Outline", width=WIDTH, position="right", icon=":material/account_tree:")(_outline)(read, does)


def _outline(read: Callable[[], Outline | None], does: OutlineDoes) -> None:
    outline = read()
    if outline is None:
        st.caption("This conversation is gone.")
        return
    branches = f"{counted(outline.branches, 'branch', 'branches')}" if outline.branches > 1 else "no branches yet"
    st.caption(f"{counted(outline.messages, 'message')}, {branches}. A click opens a message in its branch.")
    with st.container(key="outline", gap="small"):
        _turn(outline, outline.page - 1, "Show what comes before", "expand_less", does)

        def act() -> None:
            if chosen := widget("outline_lines").chosen:
                (does.unfold if chosen["folded"] else does.jump)(chosen["message"])

        _draw(
            key="outline_lines", data={"lines": [_told(line, outline) for line in outline.lines]}, on_chosen_change=act
        )
        _turn(outline, outline.page + 1, "Show what comes after", "expand_more", does)


def _turn(outline: Outline, page: int, label: str, icon: str, does: OutlineDoes) -> None:
    """The way to another page, if there is one; its place is there in any case."""
    with st.container():
        if 0 <= page < outline.pages:
            key, told = f"outline_{icon}", f"{label} (page {page + 1} of {outline.pages})"
            st.button(told, key=key, icon=f":material/{icon}:", type="tertiary", on_click=does.turn_page, args=(page,))


def _told(line: Line, outline: Outline) -> dict[str, Any]:
    """A line as the browser draws it: as plain text, without Markdown's marks."""
    place = {"message": line.message_id, "depth": line.depth, "open": line.is_open, "folded": line.folded}
    if line.folded:
        return place | {"role": "", "text": f"{counted(line.folded, 'message')} more", "note": ""}
    found = outline.beginnings.get(line.message_id, Beginning("user", "", ""))
    siblings = f"{line.sibling}/{line.siblings}" if line.siblings > 1 else ""
    note = " · ".join(part for part in (found.model, siblings) if part)
    told = {"role": found.role, "text": words_only(found.text) or NO_TEXT, "note": note}
    return place | told | {"leaf": line.message_id == outline.leaf}
