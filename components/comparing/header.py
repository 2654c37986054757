"""What stands above the replies of a stored comparison."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.chat.message_text import message_text
from components.choice import choice
from components.comparing.state import Source
from components.list_entry import title_menu
from components.roles import ICONS
from components.session import project
from components.text.model_text import plain
from storage.experiments.records import StoredComparison
from storage.records import StoredMessage


@dataclass(frozen=True)
class HeaderActions:
    """What can be done with a comparison as a whole."""

    rename: Callable[[str, str], None]
    delete: Callable[[str], None]
    compare_again: Callable[[StoredComparison], None]


def header(comparison: StoredComparison, does: HeaderActions) -> None:
    """Draw the title with its menu, and the way to another comparison of the same columns, unless they are hidden."""
    with st.container(horizontal=True, vertical_alignment="center", key="comparison_header"):
        st.subheader(plain(comparison.title), anchor=False)
        if not comparison.hidden:
            st.button(
                "Compare again",
                key="compare_again",
                icon=":material/replay:",
                help="A new comparison of the same columns, with another prompt.",
                on_click=does.compare_again,
                args=(comparison,),
            )
        title_menu(comparison, does.rename, does.delete, "comparison", "comparison_menu")


def alike(line: str) -> None:
    """Say once, small, what all columns have in common."""
    if line:
        st.caption(f"Alike in all: {plain(line)}")


def begins_with(source: Source, on_drop: Callable[[], None]) -> None:
    """Say what a new comparison begins with, and offer to begin without it."""
    row = {"horizontal": True, "horizontal_alignment": "distribute", "vertical_alignment": "center"}
    with st.container(border=True, key="source", **row):
        count = f"{source.messages} message{'' if source.messages == 1 else 's'}"
        st.markdown(f"Begins with {count} of “{plain(source.title)}”.")
        st.button("Begin without", key="drop_source", icon=":material/close:", type="tertiary", on_click=on_drop)


def begun_with(messages: Sequence[StoredMessage]) -> None:
    """The messages of a chat that every column began with, folded; they are drawn once unfolded."""
    if not messages:
        return
    with st.expander(f"Begins with {len(messages)} messages of a chat", key="begun_with", on_change="rerun") as fold:
        if fold.open:
            for message in messages:
                with st.chat_message(message.role, avatar=ICONS[message.role]):
                    message_text(message.text, f"begun_{message.id}")


def repetition_switch(repetitions: int, shown: int, on_change: Callable[[int], None]) -> None:
    """Choose which repetition of all columns is shown."""
    if repetitions < 2:
        return
    project("repetition", shown)
    numbers = range(repetitions)
    choice("Repetition", numbers, "repetition", on_change, format_func=lambda number: str(number + 1))
