"""The line under each message: what made it, and what can be done with it.

One component draws all of them into the places that the messages have for them: one for each message would be set up
anew, script and all, with every message.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from components.assets import source
from components.session import widget

_draw = st.components.v2.component("toolbars", css=source("toolbar.css"), js=source("toolbar.js"), isolate_styles=False)


@dataclass(frozen=True)
class Toolbar:
    """Under one message: a caption, a switcher where there are siblings, copy; the newest has more."""

    message_id: int
    text: str
    caption: str = ""
    sibling: int = 1
    siblings: int = 1
    newest: bool = False


def toolbar_place(bar: Toolbar) -> None:
    """Where the toolbar of a message will be, of the size that it will have: one without a caption stands aside."""
    form = "toolbar" if bar.caption else "toolbar toolbar-alone"
    st.html(f'<div class="{form}" role="group" aria-label="Message" data-message="{bar.message_id}"></div>')


def toolbars(bars: Sequence[Toolbar], on_action: Callable[[int, str], None]) -> None:
    """Draw the toolbars.

    `on_action` is called with a message's id and "regenerate", "compare", "previous" or "next".
    """

    def act() -> None:
        if action := widget("toolbars").action:
            on_action(action["message"], action["name"])

    _draw(key="toolbars", data={"bars": [asdict(bar) for bar in bars]}, on_action_change=act)
