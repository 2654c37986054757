"""One reply beside others: what it was asked with, its text, its figures, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from components.chat.endings import reply_ending, status_of
from components.chat.live_reply import live_reply
from components.chat.message_text import message_text
from components.figures import figures_line, reply_texts, stored_figures
from llm.replies.live import LiveReply
from llm.types import Status
from storage.records import StoredMessage

UNTOLD = {Status.STOPPED: "Stopped", Status.COMPLETE: ""}  # what is said of an ending that must give no name away


@dataclass(frozen=True)
class ColumnName:
    """What stands above a column, as above no other: the letter of a blind one, then the settings in which it
    differs."""

    place: int
    settings: Sequence[str] = ()
    letter: str = ""
    hidden: bool = False

    @property
    def lines(self) -> list[str]:
        return [self.letter, *self.settings] if self.letter else list(self.settings)

    @property
    def short(self) -> str:
        """On one line."""
        return ": ".join(part for part in (self.letter, ", ".join(self.settings)) if part)


@dataclass(frozen=True)
class Cell:
    """A reply to one prompt: `turn` and the column's place count from 0."""

    turn: int
    name: ColumnName
    message: StoredMessage | None
    live: LiveReply | None = None
    newest: bool = False


@dataclass(frozen=True)
class CellActions:
    """What can be done with the newest reply at a place."""

    stop: Callable[[int], None]
    retry: Callable[[int], None]
    continue_in_chat: Callable[[int], None]


def cell(shown: Cell, actions: CellActions) -> None:
    """Draw a reply; one that streams is drawn live."""
    place, live = shown.name.place, shown.live
    at = f"{shown.turn}_{place}"
    with st.container(border=True, height="stretch", gap="small", key=f"reply_{at}"):
        head = {"horizontal": True, "horizontal_alignment": "distribute", "vertical_alignment": "center"}
        with st.container(key=f"reply_head_{at}", **head):
            st.html(column_head(shown.name))
            if live:
                _button("Stop", "stop", place, ":material/stop_circle:", actions.stop)
        with st.container(key=f"reply_text_{at}"):
            if live:
                live_reply(live.id, masked=shown.name.hidden)
            elif shown.message:
                _ended(shown, shown.message)
        with st.container(horizontal=True, vertical_alignment="center", key=f"reply_foot_{at}"):
            if not shown.name.hidden:
                _figures(shown)
            if shown.newest and not live and shown.message:
                _buttons(shown, shown.message, actions)


def _buttons(shown: Cell, message: StoredMessage, actions: CellActions) -> None:
    if message.reply and status_of(message.reply) is not Status.COMPLETE:
        _button("Retry", "retry", shown.name.place, ":material/refresh:", actions.retry)
    if message.text and not shown.name.hidden:
        _button("Continue in chat", "continue_in_chat", shown.name.place, ":material/forum:", actions.continue_in_chat)


def _button(label: str, key: str, place: int, icon: str, act: Callable[[int], None]) -> None:
    st.button(label, key=f"{key}_{place}", type="tertiary", icon=icon, on_click=act, args=(place,))


def column_head(name: ColumnName) -> str:
    """The HTML of what stands above a column: the first line large."""
    first, *rest = (escape(line) for line in name.lines)
    others = "".join(f'<span class="compared-name">{line}</span>' for line in rest)
    return f'<div class="compared-head"><span class="compared-name">{first}</span>{others}</div>'


def _ended(shown: Cell, message: StoredMessage) -> None:
    key = f"compared_{shown.turn}_{shown.name.place}"
    reply = message.reply
    if reply and reply.reasoning and not shown.name.hidden:
        with st.expander("Thoughts", icon=":material/psychology:"):
            message_text(reply.reasoning, f"thoughts_{key}")
    if message.text:
        message_text(message.text, key)
    if not shown.name.hidden:
        reply_ending(message)
    elif reply and (word := UNTOLD.get(status_of(reply), "Broken off" if message.text else "No reply came")):
        st.badge(word, color="gray")


def _figures(shown: Cell) -> None:
    """The figures of a reply; while it streams, its events change them."""
    live = shown.live
    figures = live.figures if live else stored_figures([shown.message] if shown.message else [])
    line = figures_line(reply_texts(figures)) if figures else "n/a"
    reply = f' data-reply="{live.id}"' if live else ""
    st.html(f'<div class="live-figures" role="group" aria-label="Figures"{reply}>{escape(line)}</div>')
