"""A recorded reply that plays in its place in the conversation, marked as what it is."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.chat.live_reply import recorded_reply
from components.present.pace import PACES, pace_word
from components.session import project, widget
from llm.replies.recorded import Recorded

PACE = "pace"


@dataclass(frozen=True)
class Playback:
    """What plays in the chat, and what can be done with it."""

    reply: Recorded
    turn: Callable[[float], None]
    stop: Callable[[], None]


def recorded_badge() -> None:
    """Say that what is seen is not asked for now."""
    st.badge("Recorded", icon=":material/replay:", color="gray")


def playback(played: Playback) -> None:
    """Draw the reply as it grows, and below it the pace and Stop."""
    recorded_reply(played.reply.id)
    with st.container(key="playback", horizontal=True, vertical_alignment="center", gap="xsmall"):
        recorded_badge()
        project(PACE, pace_word(played.reply.clock.pace))
        st.segmented_control(
            "Speed",
            PACES,
            key=PACE,
            required=True,
            label_visibility="collapsed",
            on_change=lambda: played.turn(PACES[widget(PACE)]),
        )
        st.button("Stop", key="stop_playback", type="tertiary", icon=":material/stop_circle:", on_click=played.stop)
