"""What the library is searched by, beside words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.choice import choice
from components.library.state import Browsing
from components.session import project, widget
from storage.records import Thumb

WIDTH = 170  # pixels of a list
_THUMBS = {"Any": None, ":material/thumb_up:": Thumb.UP, ":material/thumb_down:": Thumb.DOWN}
_SHELVES = {"All": None, "Listed": False, "Archived": True}


def filter_fields(
    browsing: Browsing, models: Sequence[str], tags: Sequence[str], look_for: Callable[..., None]
) -> None:
    """Draw the filters; `look_for` is called with what was changed, by its name."""
    with st.container(key="library_filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        _one_of("Model", "model", models, browsing.model, look_for)
        _days(browsing, look_for)
        _either("Rating", "thumb", _THUMBS, browsing.thumb, look_for)
        _one_of("Tag", "tag", tags, browsing.tag, look_for)
        _either("Where", "archived", _SHELVES, browsing.archived, look_for)


def _one_of(label: str, name: str, options: Sequence[str], chosen: str | None, look_for: Callable[..., None]) -> None:
    key = f"library_{name}"
    project(key, chosen)
    listed = sorted({*options, *([chosen] if chosen is not None else [])})
    change = {"on_change": lambda: look_for(**{name: widget(key)})}
    st.selectbox(label, listed, key=key, index=None, placeholder="Any", width=WIDTH, **change)


def _days(browsing: Browsing, look_for: Callable[..., None]) -> None:
    key = "library_days"
    project(key, browsing.days)
    st.date_input("From, to", key=key, width=220, on_change=lambda: look_for(days=tuple(widget(key))))


def _either(label: str, name: str, options: Mapping[str, Any], chosen: Any, look_for: Callable[..., None]) -> None:
    key = f"library_{name}"
    project(key, next(shown for shown, value in options.items() if value is chosen))
    choice(label, list(options), key, lambda shown: look_for(**{name: options[shown]}))
