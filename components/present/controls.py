"""The keys of a presentation, and the same as small buttons for a finger."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.assets import source
from components.present.pace import pace_word
from components.present.slide import Slide
from components.session import widget

KEY = "present_controls"

_draw = st.components.v2.component(
    KEY,
    html='<div class="present-bar" role="toolbar" aria-label="Presentation"></div>',
    css=source("present/controls.css"),
    js=source("present/controls.js"),
    isolate_styles=False,
)


def controls(shown: Slide | None, pace: float, actions: Mapping[str, Callable[[Any], None]]) -> None:
    """Draw the bar and listen to the keys. `actions` by name: "go" is given a place, "turn" the next pace's word, all
    others None."""

    def act() -> None:
        if action := widget(KEY).action:
            actions[action["name"]](action["value"])

    _draw(key=KEY, data=_state(shown, pace), on_action_change=act)


def _state(shown: Slide | None, pace: float) -> dict[str, Any]:
    if shown is None:
        return {"at": 0, "of": 0}
    return {
        "at": shown.at,
        "of": shown.of,
        "hides": shown.hides,
        "playable": shown.playable,
        "askable": shown.prompt is not None,
        "busy": shown.live is not None,
        "pace": pace_word(pace),
    }
