"""What can be done with a message: by whom, and the buttons under a reply that was cut or failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from components.chat.endings import status_of
from components.text.model_text import plain
from llm.types import Status
from storage.records import StoredMessage

CUT_SHORT = (Status.STOPPED, Status.INCOMPLETE, Status.INTERRUPTED, Status.FAILED)
SEND_LESS_HELP = (
    "Asks again with at most half of what was sent: the newest messages. The Context limit under More parameters "
    "keeps that, and can be changed there."
)


@dataclass(frozen=True)
class MessageActions:
    """What can be done with a message: the toolbar's offers by their names, with "previous", "next" and "recipe", and
    the buttons below a reply, "continue" and "send_less"; `explain` takes the word on a rating; `instruction` is what
    asks the model to go on, if words do."""

    by_name: Mapping[str, Callable[[StoredMessage], None]]
    explain: Callable[[StoredMessage, str], None]
    instruction: str


def reply_buttons(message: StoredMessage, actions: MessageActions) -> None:
    """Draw the buttons that help with this message; none if all is well."""
    with st.container(key=f"actions_{message.id}", horizontal=True):
        if can_retry(message):
            _button("Retry", f"retry_{message.id}", "refresh", actions.by_name["regenerate"], message)
        if can_continue(message):
            _button(
                "Continue",
                f"continue_{message.id}",
                "resume",
                actions.by_name["continue"],
                message,
                _words(actions.instruction),
            )
        if can_send_less(message):
            _button(
                "Send less",
                f"send_less_{message.id}",
                "compress",
                actions.by_name["send_less"],
                message,
                SEND_LESS_HELP,
            )


def can_retry(message: StoredMessage) -> bool:
    return status_of(message.reply) in CUT_SHORT


def can_continue(message: StoredMessage) -> bool:
    """Whether there is a text to continue: a reply that failed has one if it was a continuation itself."""
    return bool(message.text) and (can_retry(message) or message.reply.finish_reason == "length")


def can_send_less(message: StoredMessage) -> bool:
    reply = message.reply
    too_long = reply.failure is not None and reply.failure.kind == "context_length"
    return too_long and reply.sent is not None and len(reply.sent.message_ids) > 1


def _button(
    label: str, key: str, icon: str, act: Callable[[StoredMessage], None], message: StoredMessage, text: str = ""
) -> None:
    st.button(label, key=key, icon=f":material/{icon}:", help=text or None, on_click=act, args=(message,))


def _words(instruction: str) -> str:
    if not instruction:
        return "Sends the text so far, which the model takes up by itself."
    return f"Sends the text so far with the words “{plain(instruction)}”; it is paid as a request of its own."
