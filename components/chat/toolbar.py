"""The line under a message: what made it, and what can be done with it."""

from collections.abc import Callable

import streamlit as st

from components.assets import source
from components.session import widget

_draw = st.components.v2.component(
    "reply_toolbar",
    html='<div class="toolbar" role="group" aria-label="Message"></div>',
    css=source("toolbar.css"),
    js=source("toolbar.js"),
    isolate_styles=False,
)


def message_toolbar(key: str, text: str) -> None:
    """Copy, for a message of the user's."""
    _draw(key=key, data={"text": text, "caption": "", "sibling": 1, "siblings": 1, "regenerate": False})


def reply_toolbar(
    key: str, text: str, caption: str, place: tuple[int, int], can_regenerate: bool, on_action: Callable[[str], None]
) -> None:
    """A caption, a switcher where there are siblings, copy and regenerate.

    `place` is the message's number among its siblings and how many there are. `on_action` is called with
    "regenerate", "previous" or "next".
    """

    def act() -> None:
        if action := widget(key).action:
            on_action(action)

    sibling, siblings = place
    data = {"text": text, "caption": caption, "sibling": sibling, "siblings": siblings, "regenerate": can_regenerate}
    _draw(key=key, data=data, on_action_change=act)
