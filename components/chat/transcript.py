"""The conversation on the page: what was said, and under each reply what became of it."""

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from components.chat.editor import editor
from components.chat.endings import reply_ending
from components.chat.live_reply import live_reply
from components.chat.making import making
from components.chat.message_actions import MessageActions, reply_buttons
from components.chat.message_text import message_text
from components.chat.offers import buttons, menu
from components.chat.toolbar import Toolbar, toolbar_place, toolbars
from components.present.playback import Playback, playback
from components.recipe.chip import chip
from components.roles import ICONS
from llm.replies.live import LiveReply
from llm.types import Settings
from storage.records import StoredMessage


def transcript(
    messages: Sequence[StoredMessage],
    live: LiveReply | None,
    actions: MessageActions,
    settings: Settings,
    leaf: int | None = None,
    editing: Collection[int] = (),
    played: Playback | None = None,
) -> None:
    """Draw the messages in order; the one that streams is drawn live, a recorded one that is `played` likewise, those
    that are being edited as they are typed.

    `settings` are those of the controls, `leaf` is the newest message of the branch, drawn or not.
    """
    bars = []
    for message in messages:
        with st.chat_message(message.role, avatar=ICONS[message.role]):
            if _arriving(message, live, played):
                continue
            if message.id in editing:
                editor(message, actions.by_name["send_edited"], actions.by_name["cancel_edit"])
            else:
                bars.append(_said(message, live is None, message.id == leaf, actions, settings))
    drawn = {message.id: message for message in messages}

    def act(message_id: int, name: str) -> None:
        if message_id in drawn:  # else the click met the opening of another conversation
            actions.by_name[name](drawn[message_id])

    def explain(message_id: int, word: str) -> None:
        if message_id in drawn:
            actions.explain(drawn[message_id], word)

    toolbars(bars, act, explain)


def _arriving(message: StoredMessage, live: LiveReply | None, played: Playback | None) -> bool:
    """Draw a message that streams, or plays as it once did; whether it is one."""
    if live and live.message_id == message.id:
        live_reply(live.id)
        return True
    if played and played.reply.message_id == message.id:
        playback(played)
        return True
    return False


def show_earlier(hidden: int, on_click: Callable[[], None]) -> None:
    """Offer the messages before the first one drawn."""
    with st.container():  # there in any case, so that the messages keep their places
        if hidden > 0:
            _more(f"Show earlier ({hidden:,})", "show_earlier", "expand_less", on_click)


def show_later(hidden: int, on_click: Callable[[], None], on_end: Callable[[], None]) -> None:
    """Offer the messages after the last one drawn, and the end of the conversation."""
    with st.container(key="below", horizontal=True, gap="small"):
        if hidden > 0:
            _more(f"Show later ({hidden:,})", "show_later", "expand_more", on_click)
            _more("Go to the end", "show_end", "vertical_align_bottom", on_end)


def live_elsewhere(live: LiveReply, on_click: Callable[[], None]) -> None:
    """Say that a reply streams which is not drawn, and lead to it."""
    with st.container(key="live_elsewhere", horizontal=True, vertical_alignment="center"):
        st.caption("A reply is streaming in another part of this conversation.")
        _more("Show it", "show_live", "arrow_forward", on_click)
        live_reply(live.id)  # unseen: the page hears of its end


def _more(label: str, key: str, icon: str, on_click: Callable[[], None]) -> None:
    st.button(label, key=key, icon=f":material/{icon}:", type="tertiary", on_click=on_click)


def _said(message: StoredMessage, idle: bool, is_newest: bool, actions: MessageActions, settings: Settings) -> Toolbar:
    """Draw a message with the place of its toolbar, which is drawn later."""
    bar = _toolbar(message, idle, is_newest, settings)
    if message.reply:
        _ended(message, idle and is_newest, actions)
    elif message.text:
        message_text(message.text, f"message_{message.id}")
    else:
        st.caption("Nothing had come here.")  # a copy of a reply that failed
    toolbar_place(bar)
    return bar


def _toolbar(message: StoredMessage, idle: bool, is_newest: bool, settings: Settings) -> Toolbar:
    offered = buttons(message, idle), menu(message, idle, is_newest)
    place = (message.sibling, message.siblings) if idle else (1, 1)  # another branch would hide the reply that streams
    if message.role == "user":
        return Toolbar(message.id, message.text, "", *place, *offered)
    word = message.rating.word if message.rating else None
    return Toolbar(message.id, message.text, chip(message, settings), *place, *offered, word)


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
