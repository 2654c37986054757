"""How a reply ended, said where it did not simply end well."""

from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from components.text.model_text import plain
from components.text.server_words import server_words
from llm.types import Status
from storage.records import StoredMessage, StoredReply


@dataclass(frozen=True)
class Ending:
    """A badge, and what it means for the reader."""

    word: str
    icon: str
    color: Literal["red", "orange", "blue", "gray"]
    sentence: str


STATUSES = {
    Status.STOPPED: Ending(
        "Stopped", ":material/stop_circle:", "gray", "You stopped this reply; what had arrived is kept."
    ),
    Status.INCOMPLETE: Ending(
        "Incomplete", ":material/link_off:", "orange", "The server broke off; what had arrived is kept."
    ),
    Status.FAILED: Ending("Failed", ":material/error:", "red", "No reply came. Try again."),
    Status.INTERRUPTED: Ending(
        "Interrupted",
        ":material/power_off:",
        "orange",
        "The playground ended while this reply streamed; what had been saved is kept.",
    ),
}
BEFORE_A_WORD = {
    Status.STOPPED: "You stopped this reply before its first word.",
    Status.INCOMPLETE: "The server broke off before its first word.",
    Status.INTERRUPTED: "The playground ended before the first word of this reply.",
}
_TOOL = Ending(
    "Asked for a tool", ":material/build:", "blue", "The model wants to call a tool, and the playground has none."
)
FINISHES = {
    "length": Ending(
        "Cut at the token limit",
        ":material/content_cut:",
        "orange",
        "The reply reached its longest length. Continue it, or raise Max tokens.",
    ),
    "content_filter": Ending(
        "Filtered",
        ":material/filter_alt:",
        "orange",
        "The server's content filter ended this reply. Ask in other words.",
    ),
    "refusal": Ending(
        "Refused", ":material/block:", "orange", "The model declined to answer this. Ask in other words."
    ),
    "tool_calls": _TOOL,
    "function_call": _TOOL,
}
CUT_WHILE_THINKING = Ending(
    "Cut at the token limit",
    ":material/content_cut:",
    "orange",
    "The model had used all its tokens for thinking. Raise Max tokens.",
)
ONLY_THOUGHTS = Ending(
    "Only thoughts",
    ":material/psychology:",
    "orange",
    "The model thought, but wrote no answer. Regenerate it, or ask for the answer.",
)
NO_TEXT = Ending(
    "No text",
    ":material/chat_bubble_off:",
    "orange",
    "The model ended its reply without a word. Regenerate it, or ask again.",
)
NOTHING_MORE = Ending("Nothing more", ":material/check_circle:", "blue", "The model had nothing to add to this text.")


def status_of(reply: StoredReply) -> Status:
    """The status of a reply that is not live."""
    # One that streams in the record alone was cut by a fault of the disk: nobody fills it any more.
    return Status.INTERRUPTED if reply.status is Status.STREAMING else reply.status


def ending(reply: StoredReply, wrote: int) -> Ending | None:
    """How a reply ended that wrote so many characters of its message; None if it simply ended."""
    status = status_of(reply)
    if status in STATUSES:
        said = STATUSES[status]
        return said if wrote or reply.reasoning else replace(said, sentence=BEFORE_A_WORD.get(status, said.sentence))
    if not wrote and reply.reasoning and reply.finish_reason == "length":
        return CUT_WHILE_THINKING
    if reply.finish_reason in FINISHES:
        return FINISHES[reply.finish_reason]
    if wrote:
        return None
    if reply.text_start:
        return NOTHING_MORE
    return ONLY_THOUGHTS if reply.reasoning else NO_TEXT


def reply_ending(message: StoredMessage) -> None:
    """Say how the newest reply of a message ended, with the server's own words where it said any."""
    reply = message.reply
    ended = ending(reply, len(message.text[reply.text_start :].strip())) if reply else None
    if not ended:
        return
    sentence = reply.failure.sentence if reply.failure else ended.sentence
    with st.container(key=f"ending_{message.id}", gap="xsmall"):
        st.badge(ended.word, icon=ended.icon, color=ended.color)
        st.markdown(plain(sentence))
        if reply.failure:
            server_words(reply.failure.detail)
