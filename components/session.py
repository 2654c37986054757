"""The browser session: the only code that touches `st.session_state` and the address.

The database holds the truth; the session holds what is open and what the controls are set to. Widget keys are a
projection of it: `project` writes one before its widget is drawn, `widget` reads one inside a callback.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from components.comparing.state import Comparing
from components.planning.state import Planning
from llm.types import Settings

NEWEST = 40  # messages of a conversation that are drawn at first
GROWING = 20  # messages by which those drawn may grow before the first of them are left out
LISTED = 20  # conversations in the sidebar at first
# The parts of the page that can be drawn alone.
TURN, CONVERSATIONS, AHEAD, JUDGING = "turn", "conversations", "ahead", "judging"
Parts = tuple[str, ...]
WHOLE: Parts = ()  # all of the page
_KEY = "playground_session"
_ADDRESS = "c"


def cell_part(place: int) -> str:
    """The part of the page that holds the newest reply of a comparison's column, by its place."""
    return f"cell_{place}"


@dataclass
class Session:
    """What one browser tab has open."""

    conversation_id: str | None = None  # None: a new, still unsaved conversation
    settings: Settings = field(default_factory=Settings)  # what the controls are set to
    browsed: str = ""  # the connection whose models the Models page shows
    models: dict[str, str] = field(default_factory=dict)  # the model chosen last, by connection
    turn: str = field(default_factory=lambda: token_urlsafe(16))  # names the turn that this tab begins next
    drawn: int = NEWEST  # at least, where there are so many
    first: int | None = None  # the message drawn first
    listed: int = LISTED
    notice: str = ""  # what the page could not do, in a sentence, until something is done there that it would be about
    closed: set[str] = field(default_factory=set)  # conversations deleted here while they were open
    trouble: str = ""  # what the banner says
    formatted: bool = False  # a live reply has had code or a formula
    page: str = ""  # the page that ran last
    whole: bool = False  # it was drawn to its end
    view: str = ""  # what it showed
    projected: set[str] = field(default_factory=set)  # the keys of its widgets that follow something
    wanted: str = ""  # the page that was asked for from another one
    comparing: Comparing = field(default_factory=Comparing)
    planning: Planning = field(default_factory=Planning)

    def open(self, conversation_id: str | None) -> None:
        """Make a conversation, or None for a new one, the open one, in the address too."""
        if conversation_id != self.conversation_id:
            self.drawn, self.first = NEWEST, None
        self.conversation_id, self.notice = conversation_id, ""
        self.write_address()

    def enter(self, page: str) -> bool:
        """Know which page runs; whether another one did before. What that could not do is no news on this one."""
        entered = page != self.page
        if entered and not self.wanted:
            self.notice = ""
        self.page, self.wanted = page, ""
        return entered

    def begin_turn(self) -> str:
        """The name of the turn that begins now; the next one gets another."""
        turn, self.turn = self.turn, token_urlsafe(16)
        return turn

    def place_of_first(self, newest: Sequence[int]) -> int:
        """The place of the message drawn first among these, the newest `drawn` + GROWING: the one that was, as long as
        it is among them, so that the others keep their places on the page and only what is new has to be drawn."""
        latest = max(0, len(newest) - self.drawn)
        place = min(latest, newest.index(self.first)) if self.first in newest else latest
        self.first = newest[place] if newest else None
        return place

    def follow_trouble(self, trouble: str) -> None:
        """Know what the banner says; a notice that says the same goes when the banner does."""
        if trouble != self.trouble and self.notice == self.trouble:
            self.notice = ""
        self.trouble = trouble

    def write_address(self) -> None:
        """Name the open conversation in the address."""
        name_in_address(self.conversation_id)


def session() -> Session:
    """This tab's session; made at its first run."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return st.session_state[_KEY]


def addressed(name: str = _ADDRESS) -> str | None:
    """What the address names: a conversation, or what other pages keep there under `id`."""
    return st.query_params.get(name)


def name_in_address(value: str | None, name: str = _ADDRESS) -> None:
    """Have the address name what is open; None: nothing stored is."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def look_at(view: str) -> None:
    """Know what a page shows, before it is drawn: its name, and of which kind it is where it has several.

    The browser draws the widgets of another view anew, without what they showed. A run that was cut short has left
    that here, as if they still did: it is taken away, so that what is projected reaches them.
    """
    tab = session()
    if view != tab.view:
        for key in tab.projected:
            st.session_state.pop(key, None)
        tab.projected.clear()
    tab.view = view


def project(key: str, value: Any) -> None:
    """Show `value` in the widget with this key; call it before the widget is drawn, or in a callback."""
    session().projected.add(key)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def impose(key: str, value: Any) -> None:
    """As `project`, in every run: the browser forgets what an expander was set to, so that the next run would undo
    it."""
    st.session_state[key] = value


def widget(key: str) -> Any:
    """The value of the widget with this key, as the user has just set it."""
    return st.session_state[key]


def draw(parts: Parts) -> NoReturn:
    """In a callback, the last thing to do: draw these parts of the page, or the whole of it.

    What is on another page, or has not been drawn yet, cannot be drawn alone; then all is. So it is when this action
    met the page half drawn: a part may have its places outside itself, where it has not been yet.
    """
    if parts and session().whole:
        with suppress(StreamlitAPIException):
            st.rerun(parts)
    st.rerun()


def keep_typed(prompt: str, key: str = "prompt") -> None:
    """Put a prompt that was not sent back into its composer."""
    st.session_state[key] = prompt  # always written: the widget has been emptied, though its value has not
