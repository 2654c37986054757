"""The browser session: the only code that touches `st.session_state`.

The database holds the truth; the session holds what is open and what the controls are set to. Widget keys are a
projection of it: `project` writes one before its widget is drawn, `widget` reads one inside a callback.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from llm.types import Settings

NEWEST = 40  # messages of a conversation that are drawn at first
_KEY = "playground_session"


@dataclass
class Session:
    """What one browser tab has open."""

    conversation_id: str | None = None  # None: a new, still unsaved conversation
    settings: Settings = field(default_factory=Settings)  # what the controls are set to
    models: dict[str, str] = field(default_factory=dict)  # the last model chosen, per connection
    drawn: int = NEWEST  # messages of the conversation that are drawn
    listed: int = 20  # conversations in the sidebar
    notice: str = ""  # one sentence above the composer, shown once
    deleted: tuple[str, str, float] | None = None  # id, title and time (monotonic) of a deletion that can be undone
    page: str = ""  # the page that ran last


def session() -> Session:
    """This tab's session; made at its first run."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return st.session_state[_KEY]


def project(key: str, value: Any) -> None:
    """Show `value` in the widget with this key; call it before the widget is drawn."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def widget(key: str) -> Any:
    """The value of the widget with this key, as the user has just set it."""
    return st.session_state[key]
