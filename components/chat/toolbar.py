"""The line under each message: what made it, and what can be done with it.

One component draws all of them into the places that the messages have for them: one for each message would be set up
anew, script and all, with every message.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from components.assets import source
from components.chat.offers import Offer
from components.session import widget

_draw = st.components.v2.component(
    "toolbars", css=source("toolbar.css"), js=source("clipboard.js") + source("toolbar.js"), isolate_styles=False
)


@dataclass(frozen=True)
class Toolbar:
    """Under one message: a caption, which opens the recipe, a switcher where there are siblings, copy, and what else is
    offered: as buttons, and in a menu. `word` is the one on its rating, None if it is not rated."""

    message_id: int
    text: str
    caption: str = ""
    sibling: int = 1
    siblings: int = 1
    buttons: tuple[Offer, ...] = ()
    menu: tuple[Offer, ...] = ()
    word: str | None = None


def toolbar_place(bar: Toolbar) -> None:
    """Where the toolbar of a message will be, of the size that it will have: one without a caption stands close."""
    form = "toolbar" if bar.caption else "toolbar toolbar-alone"
    st.html(f'<div class="{form}" role="group" aria-label="Message" data-message="{bar.message_id}"></div>')


def toolbars(
    bars: Sequence[Toolbar], on_action: Callable[[int, str], None], on_word: Callable[[int, str], None]
) -> None:
    """Draw the toolbars; `on_action` is called with a message's id and "previous", "next", "recipe" or the name of an
    offer, `on_word` with the word that somebody gives to a rating."""

    def act() -> None:
        if action := widget("toolbars").action:
            on_action(action["message"], action["name"])

    def explain() -> None:
        if said := widget("toolbars").word:
            on_word(said["message"], said["text"])

    drawn = [asdict(bar) for bar in bars]
    _draw(key="toolbars", data={"bars": drawn}, on_action_change=act, on_word_change=explain)
