"""One place of a presentation: a caption, a prompt, the reply once it is revealed, and what made that."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st

from components.chat.endings import reply_ending, status_of
from components.chat.live_reply import live_reply, recorded_reply
from components.chat.message_text import message_text
from components.figures import figures_line, message_caption, reply_texts
from components.text.model_text import plain
from llm.replies.live import LiveReply
from llm.types import Status
from storage.records import StoredMessage


@dataclass(frozen=True)
class Slide:
    """What stands at a place, counted from 1. The `recorded` reply is the stored one, `asked` one that was asked for
    while presenting; of a reply that streams or plays `live` is what has arrived."""

    at: int
    of: int
    caption: str
    prompt: StoredMessage | None
    recorded: StoredMessage | None
    asked: StoredMessage | None = None
    live: LiveReply | None = None
    revealed: bool = False
    word: str = ""

    @property
    def shown(self) -> StoredMessage | None:
        """The reply that is seen, once it has ended."""
        return (self.asked or self.recorded) if self.revealed else None

    @property
    def hides(self) -> bool:
        """Whether there is something to reveal."""
        return self.recorded is not None and not self.revealed

    @property
    def playable(self) -> bool:
        return self.recorded is not None and bool(self.recorded.text)

    @property
    def is_playing(self) -> bool:
        return self.live is not None and self.asked is None

    @property
    def has_failed(self) -> bool:
        """Whether what was asked for has not come whole, while a recorded reply could be shown in its place."""
        if self.asked is None or self.live or not self.playable:
            return False
        return self.asked.reply is None or status_of(self.asked.reply) is not Status.COMPLETE


def slide(shown: Slide, notice: str, show_recorded: Callable[[], None]) -> None:
    """Draw the place; `notice` is why something could not be done, and then a recorded reply stands in for it."""
    with st.container(key="present"):
        with st.container(key="present_caption"):
            if shown.caption:
                st.html(f"<h1>{escape(shown.caption)}</h1>")
        with st.container(key="present_prompt"):
            if shown.prompt:
                message_text(shown.prompt.text, f"presented_{shown.prompt.id}")
        with st.container(key="present_reply"):
            _reply(shown)
        with st.container(key="present_line"):
            _line(shown)
        with st.container(key="present_word"):
            if notice:
                st.warning(plain(notice), icon=":material/info:")
            if shown.word:
                st.caption(plain(shown.word))
            if shown.has_failed or (notice and shown.playable and not shown.live):
                icon = ":material/replay:"
                st.button("Show the recorded reply", key="show_recorded", icon=icon, on_click=show_recorded)


def _reply(shown: Slide) -> None:
    if shown.live:
        (recorded_reply if shown.is_playing else live_reply)(shown.live.id)
    elif shown.shown:
        message = shown.shown
        if message.text:
            message_text(message.text, f"presented_{message.id}")
        reply_ending(message)


def _line(shown: Slide) -> None:
    """What made the reply, on one thin line; while it arrives, its events change the figures."""
    made = shown.asked or shown.recorded
    if not made or not (shown.live or shown.shown):
        return
    replies = made.replies or made.original
    if shown.live:
        models = " + ".join(dict.fromkeys(reply.settings.model for reply in replies))
        figures = figures_line(reply_texts(shown.live.figures)) if shown.live.figures else ""
        told = f'<span class="live-figures" data-reply="{shown.live.id}">{escape(figures)}</span>'
        facts = f"<span>{escape(models)}</span>{told}"
    else:
        facts = f"<span>{escape(message_caption(replies))}</span>"
    kind = "Live" if shown.asked else "Recorded"
    st.html(f'<div class="present-made"><span class="present-mark present-{kind.lower()}">{kind}</span>{facts}</div>')
