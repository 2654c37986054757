"""One turn of a rerun: the prompt, below it the reply that it had and the one that it has now."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.chat.endings import reply_ending
from components.chat.live_reply import live_reply
from components.chat.message_text import message_text
from components.comparing.word_differences import word_differences
from components.figures import caption, message_caption
from components.rerun.changes import change_line
from components.roles import ICONS
from components.text.model_text import plain
from experiments.reading.differences import differences
from experiments.rerunning.turn_by_turn import ReranTurn, change_of
from llm.replies.live import LiveReply
from storage.records import StoredMessage

_ROW = {"horizontal": True, "horizontal_alignment": "distribute", "vertical_alignment": "center"}


@dataclass(frozen=True)
class ShownTurn:
    """A turn as it is now; its new reply may stream."""

    reran: ReranTurn
    live: LiveReply | None


def turn(shown: ShownTurn, by_word: bool, on_open: Callable[[int], None]) -> None:
    """Draw a turn, side by side or word by word; `on_open` is told which message is to be opened in the chat."""
    reran = shown.reran
    number = reran.turn
    with st.container(key=f"reran_{number}", gap="small"):
        with st.chat_message("user", avatar=ICONS["user"]):
            message_text(reran.prompt.text, f"reran_prompt_{number}")
        whole = reran.original and reran.new and not shown.live
        if by_word and whole and reran.original and reran.new:
            with st.container(border=True, key=f"reran_words_{number}"):
                with st.container(key=f"reran_head_words_{number}", **_ROW):
                    st.markdown("**Original** struck out, **new** underlined")
                    _open(reran, on_open)
                word_differences(differences(reran.original.text, reran.new.text))
                _foot(reran)
            return
        then, now = st.columns(2, gap="small")
        with then, st.container(border=True, height="stretch", gap="small", key=f"reran_then_{number}"):
            _original(reran.original, number)
        with now, st.container(border=True, height="stretch", gap="small", key=f"reran_now_{number}"):
            _new(shown, on_open)


def _original(message: StoredMessage | None, number: int) -> None:
    with st.container(key=f"reran_head_then_{number}", **_ROW):
        st.markdown("**Original**")
    if message is None:
        st.caption("There was no reply.")
        return
    _text(message, f"then_{number}")
    st.caption(_caption(message))


def _new(shown: ShownTurn, on_open: Callable[[int], None]) -> None:
    reran = shown.reran
    with st.container(key=f"reran_head_now_{reran.turn}", **_ROW):
        st.markdown("**New**")
        _open(reran, on_open)
    if shown.live:
        live_reply(shown.live.id)
    elif reran.new is None:
        st.caption("Not sent yet.")
    else:
        _text(reran.new, f"now_{reran.turn}")
        _foot(reran)


def _open(reran: ReranTurn, on_open: Callable[[int], None]) -> None:
    """The way to the new reply."""
    if reran.new:
        key, args = f"open_reply_{reran.turn}", (reran.new.id,)
        st.button("Open in chat", key=key, icon=":material/forum:", type="tertiary", on_click=on_open, args=args)


def _foot(reran: ReranTurn) -> None:
    """The new reply's figures, and what they are more or less than the original's."""
    change = change_of(reran)
    with st.container(key=f"reran_foot_{reran.turn}", gap=None):
        if reran.new:
            st.caption(_caption(reran.new))
        if change:
            st.caption(f"Against the original: {change_line(change)}".replace("$", "\\$"))


def _text(message: StoredMessage, key: str) -> None:
    if message.text:
        message_text(message.text, f"reran_{key}")
    reply_ending(message)


def _caption(message: StoredMessage) -> str:
    if message.replies:
        return plain(message_caption(message.replies))
    models = (reply.settings.model for reply in message.original[-1:])
    return plain(caption(("copied", *models)))  # nothing was spent on it here
