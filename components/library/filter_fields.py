"""What the library is searched by, beside words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.choice import choice
from components.library.state import Browsing
from components.session import project, widget
from storage.records import Thumb

# Pixels, so that all stand in one row beside the sidebar.
LIST, DAYS = 125, 218
_THUMBS = {"Any": None, ":material/thumb_up:": Thumb.UP, ":material/thumb_down:": Thumb.DOWN}
_SHELVES = {"All": None, "Listed": False, "Archived": True}


def filter_fields(
    browsing: Browsing, models: Sequence[str], tags: Sequence[str], look_for: Callable[..., None]
) -> None:
    """Draw the filters; `look_for` is called with what was changed, by its name."""
    with st.container(key="library_filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        _one_of("Model", "model", models, browsing.model, look_for)
        _days(browsing, look_for)
        _rating(browsing, look_for)
        _one_of("Tag", "tag", tags, browsing.tag, look_for)
        _shelf(browsing, look_for)


def _one_of(label: str, name: str, options: Sequence[str], chosen: str | None, look_for: Callable[..., None]) -> None:
    key = f"library_{name}"
    project(key, chosen)
    listed = sorted({*options, *([chosen] if chosen is not None else [])})
    change = {"on_change": lambda: look_for(**{name: widget(key)})}
    st.selectbox(label, listed, key=key, index=None, placeholder="Any", width=LIST, **change)


def _days(browsing: Browsing, look_for: Callable[..., None]) -> None:
    key = "library_days"
    project(key, browsing.days)
    st.date_input("From, to", key=key, width=DAYS, on_change=lambda: look_for(days=tuple(widget(key))))


def _rating(browsing: Browsing, look_for: Callable[..., None]) -> None:
    key = "library_thumb"
    project(key, _shown(_THUMBS, browsing.thumb))
    choice("Rating", list(_THUMBS), key, lambda shown: look_for(thumb=_THUMBS[shown]))


def _shelf(browsing: Browsing, look_for: Callable[..., None]) -> None:
    key = "library_archived"
    project(key, _shown(_SHELVES, browsing.archived))
    change = {"on_change": lambda: look_for(archived=_SHELVES[widget(key)])}
    st.selectbox("Where", list(_SHELVES), key=key, width=LIST, filter_mode=None, **change)


def _shown(options: Mapping[str, Any], chosen: object) -> str:
    return next(shown for shown, value in options.items() if value is chosen)
