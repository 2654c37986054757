"""The conversation on the page: what was said, and under each reply what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.figures import caption, cost_text, count, seconds
from components.live_reply import live_reply
from components.message_text import message_text
from components.model_text import plain
from components.toolbar import message_toolbar, reply_toolbar
from llm.replies import LiveReply
from llm.types import Status, Usage
from storage.records import StoredMessage, StoredReply

AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}
ENDINGS = {
    Status.STOPPED: ("Stopped", "You stopped this reply; what had arrived is kept."),
    Status.INCOMPLETE: ("Incomplete", "The server broke off; what had arrived is kept."),
    Status.FAILED: ("Failed", ""),
    Status.INTERRUPTED: ("Interrupted", "The playground ended while this reply streamed; what had been saved is kept."),
}
FINISHES = {
    "length": "Cut at the token limit: raise Max tokens for more.",
    "content_filter": "Cut by the server's content filter.",
    "tool_calls": "The model asked for a tool; the playground has none.",
}


@dataclass(frozen=True)
class ReplyActions:
    """What can be done with a reply; each takes its message's id."""

    regenerate: Callable[[int], None]
    show_sibling: Callable[[int, int], None]


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
                _ended(message, message.reply, live is None, message is messages[-1], actions)


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


def _ended(message: StoredMessage, reply: StoredReply, idle: bool, is_last: bool, actions: ReplyActions) -> None:
    if reply.reasoning:
        with st.expander("Thoughts", icon=":material/psychology:"):
            message_text(reply.reasoning, f"thoughts_{message.id}")
    if message.text:
        message_text(message.text, f"message_{message.id}")
    elif reply.status is Status.COMPLETE:
        st.caption("The model sent no text.")
    _ending(message, reply, idle and is_last, actions)
    reply_toolbar(
        f"toolbar_{message.id}",
        message.text,
        _caption(reply),
        (message.sibling, message.siblings) if idle else (1, 1),  # another branch would hide the reply that streams
        can_regenerate=idle and is_last,
        on_action=lambda action: _act(message.id, action, actions),
    )


def _ending(message: StoredMessage, reply: StoredReply, is_last: bool, actions: ReplyActions) -> None:
    """Say how the reply ended where it did not simply end."""
    # A reply that streams in the record alone was cut by a fault of the disk: nobody fills it any more.
    status = Status.INTERRUPTED if reply.status is Status.STREAMING else reply.status
    if status in ENDINGS:
        word, sentence = ENDINGS[status]
        sentence = reply.failure.sentence if reply.failure else sentence
        show = st.error if status is Status.FAILED else st.warning
        show(f"**{word}.** {plain(sentence)}")
        if reply.failure and reply.failure.detail:
            with st.expander("What the server said"):
                st.code(reply.failure.detail, language=None, wrap_lines=True)
        if is_last:
            st.button(
                "Retry",
                key=f"retry_{message.id}",
                icon=":material/refresh:",
                on_click=actions.regenerate,
                args=(message.id,),
            )
    elif reply.finish_reason in FINISHES:
        st.info(FINISHES[reply.finish_reason])


def _act(message_id: int, action: str, actions: ReplyActions) -> None:
    if action == "regenerate":
        actions.regenerate(message_id)
    else:
        actions.show_sibling(message_id, 1 if action == "next" else -1)


def _caption(reply: StoredReply) -> str:
    usage = reply.reported or reply.estimated or Usage()
    tokens = count(usage.output_tokens, reply.reported is None) if usage.output_tokens else ""
    cost = cost_text(reply.cost) if reply.cost and usage.input_tokens else ""
    return caption((reply.settings.model, tokens, seconds(reply.timing.duration if reply.timing else None), cost))
