"""The conversation on the page: what was said, and under each reply what became of it."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.chat.endings import reply_ending
from components.chat.live_reply import live_reply
from components.chat.making import making
from components.chat.message_actions import MessageActions, reply_buttons
from components.chat.message_text import message_text
from components.chat.offers import buttons, menu
from components.chat.toolbar import Toolbar, toolbar_place, toolbars
from components.figures import message_caption
from llm.replies.live import LiveReply
from storage.records import StoredMessage

COPIED = "copied from a comparison"  # nothing was spent on it in this conversation
AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}


def transcript(messages: Sequence[StoredMessage], live: LiveReply | None, actions: MessageActions) -> None:
    """Draw the messages in order; the one that streams is drawn live."""
    bars = []
    for message in messages:
        with st.chat_message(message.role, avatar=AVATARS[message.role]):
            if live and live.message_id == message.id:
                live_reply(live.id)
                continue
            at_rest = live is None and message is messages[-1]
            bar = _toolbar(message, live is None, at_rest)
            if message.reply:
                _ended(message, at_rest, actions)
            else:
                message_text(message.text, f"message_{message.id}")
            toolbar_place(bar)
            bars.append(bar)
    drawn = {message.id: message for message in messages}

    def act(message_id: int, name: str) -> None:
        if message_id in drawn:  # else the click met the opening of another conversation
            actions.by_name[name](drawn[message_id])

    toolbars(bars, act)


def show_earlier(hidden: int, on_click: Callable[[], None]) -> None:
    """Offer the messages before the first one drawn."""
    with st.container():  # there in any case, so that the messages keep their places
        if hidden > 0:
            st.button(
                f"Show earlier ({hidden:,})",
                key="show_earlier",
                icon=":material/expand_less:",
                type="tertiary",
                on_click=on_click,
            )


def _toolbar(message: StoredMessage, idle: bool, at_rest: bool) -> Toolbar:
    offered = buttons(message, at_rest), menu(message, at_rest)
    if message.role == "user":
        return Toolbar(message.id, message.text, "", 1, 1, *offered)
    place = (message.sibling, message.siblings) if idle else (1, 1)  # another branch would hide the reply that streams
    caption = message_caption(message.replies) if message.replies else COPIED
    return Toolbar(message.id, message.text, caption, *place, *offered)


def _ended(message: StoredMessage, with_buttons: bool, actions: MessageActions) -> None:
    thoughts = [reply for reply in message.replies if reply.reasoning]
    if thoughts:
        with st.expander("Thoughts", icon=":material/psychology:"):
            for reply in thoughts:
                message_text(reply.reasoning, f"thoughts_{reply.id}")
    if message.text:
        message_text(message.text, f"message_{message.id}")
    reply_ending(message)
    if with_buttons:
        reply_buttons(message, actions)
    making(message)
