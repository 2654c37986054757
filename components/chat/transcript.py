"""The conversation on the page: what was said, and under each reply what became of it."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.chat.endings import reply_ending
from components.chat.live_reply import live_reply
from components.chat.making import making
from components.chat.message_text import message_text
from components.chat.reply_actions import ReplyActions, reply_buttons
from components.chat.toolbar import message_toolbar, reply_toolbar
from components.figures import message_caption
from llm.replies.live import LiveReply
from storage.records import StoredMessage

AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}


def transcript(messages: Sequence[StoredMessage], live: LiveReply | None, actions: ReplyActions) -> None:
    """Draw the messages in order; the one that streams is drawn live."""
    for message in messages:
        with st.chat_message(message.role, avatar=AVATARS[message.role]):
            if message.reply is None:
                message_text(message.text, f"message_{message.id}")
                message_toolbar(f"toolbar_{message.id}", message.text)
            elif live and live.message_id == message.id:
                live_reply(live.id, f"live_{live.id}")
            else:
                _ended(message, live is None, message is messages[-1], actions)


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


def _ended(message: StoredMessage, idle: bool, is_last: bool, actions: ReplyActions) -> None:
    thoughts = [reply for reply in message.replies if reply.reasoning]
    if thoughts:
        with st.expander("Thoughts", icon=":material/psychology:"):
            for reply in thoughts:
                message_text(reply.reasoning, f"thoughts_{reply.id}")
    if message.text:
        message_text(message.text, f"message_{message.id}")
    reply_ending(message)
    if idle and is_last:
        reply_buttons(message, actions)
    making(message)
    reply_toolbar(
        f"toolbar_{message.id}",
        message.text,
        message_caption(message.replies),
        (message.sibling, message.siblings) if idle else (1, 1),  # another branch would hide the reply that streams
        can_regenerate=idle and is_last,
        on_action=lambda action: _act(message, action, actions),
    )


def _act(message: StoredMessage, action: str, actions: ReplyActions) -> None:
    if action == "regenerate":
        actions.regenerate(message)
    else:
        actions.show_sibling(message.id, 1 if action == "next" else -1)
