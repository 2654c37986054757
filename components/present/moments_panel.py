"""The moments of a conversation: their order, and what is said of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.roles import ICONS
from components.session import widget
from components.text.model_text import plain
from llm.words import beginning
from storage.chats.moments import Moment

LONGEST_CAPTION = 200  # characters
SHOWN = 90  # characters of a message
NONE_YET = (
    "Nothing is pinned yet. *Pin as a moment* is behind the dots below each message; without moments, *Present* shows "
    "the whole open branch."
)


@dataclass(frozen=True)
class MomentChanges:
    """What can be done with a moment."""

    describe: Callable[[int, str], None]
    move: Callable[[int, int], None]
    unpin: Callable[[int], None]


def moments_dialog(read: Callable[[], Sequence[Moment]], does: MomentChanges, present: Callable[[], None]) -> None:
    """Open a dialog with each moment and its caption, and the way to the presentation."""

    @st.dialog("Moments", width="medium", on_dismiss="rerun")
    def dialog() -> None:
        moments = read()
        if not moments:
            st.markdown(NONE_YET)
        with st.container(key="moments", gap="small"):
            for number, moment in enumerate(moments):
                _row(moment, number, len(moments), does)
        st.button("Present", key="present_moments", type="primary", icon=":material/slideshow:", on_click=present)

    dialog()


def _row(moment: Moment, number: int, count: int, does: MomentChanges) -> None:
    id_ = moment.message_id
    with st.container(key=f"moment_{id_}", border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
            words = beginning(moment.text, SHOWN) or "no text"
            st.caption(f"{number + 1}. {ICONS[moment.role]} {plain(words)}")
            _button("Up", f"up_{id_}", "arrow_upward", lambda: does.move(id_, -1), number == 0)
            _button("Down", f"down_{id_}", "arrow_downward", lambda: does.move(id_, 1), number == count - 1)
            _button("Unpin", f"unpin_{id_}", "keep_off", lambda: does.unpin(id_), False)
        key = f"moment_caption_{id_}"
        st.text_input(
            "Caption",
            moment.caption,
            key=key,
            max_chars=LONGEST_CAPTION,
            placeholder="Caption: what the audience reads above it",
            label_visibility="collapsed",
            on_change=lambda: does.describe(id_, widget(key)),
        )


def _button(label: str, key: str, icon: str, act: Callable[[], None], disabled: bool) -> None:
    st.button("", key=key, icon=f":material/{icon}:", type="tertiary", help=label, on_click=act, disabled=disabled)
