"""The browser session: the only code that touches `st.session_state` and the address.

The database holds the truth; the session holds what is open and what the controls are set to. Widget keys are a
projection of it: `project` writes one before its widget is drawn, `widget` reads one inside a callback.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from components.chat.window import Window
from components.comparing.state import Comparing
from components.library.state import Browsing
from components.outline.state import Outlined
from components.planning.state import Planning
from components.present.state import Showing
from components.recipe.state import OpenedRecipe
from components.rerun.state import Rerunning
from llm.types import Settings

LISTED = 20  # conversations in the sidebar at first
HITS = 10  # of a search in the sidebar at first
# The parts of the page that can be drawn alone.
TURN, CONVERSATIONS, AHEAD, JUDGING, RECIPE = "turn", "conversations", "ahead", "judging", "recipe"
RERAN, LIBRARY = "reran", "library"
Parts = tuple[str, ...]
WHOLE: Parts = ()  # all of the page
_KEY = "playground_session"
_ADDRESS, _MESSAGE = "c", "m"


def cell_part(place: int) -> str:
    """The part of the page that holds the newest reply of a comparison's column, by its place."""
    return f"cell_{place}"


@dataclass(frozen=True)
class Sought:
    """A message that was asked for, and the how manieth one it is: the same one may be asked for again."""

    message_id: int
    time: int


@dataclass
class Session:
    """What one browser tab has open."""

    conversation_id: str | None = None  # None: a new, still unsaved conversation
    settings: Settings = field(default_factory=Settings)  # what the controls are set to
    browsed: str = ""  # the connection whose models the Models page shows
    models: dict[str, str] = field(default_factory=dict)  # the model chosen last, by connection
    turn: str = field(default_factory=lambda: token_urlsafe(16))  # names the turn that this tab begins next
    leaf: int | None = None  # the end of the open branch, as this tab saw it last
    named: tuple[str | None, str | None] = (None, None)  # what the address named when it was written or followed last
    window: Window = field(default_factory=Window)
    sought: Sought | None = None
    outline: Outlined = field(default_factory=Outlined)
    editing: set[int] = field(default_factory=set)  # messages that are being edited
    listed: int = LISTED
    searched: str = ""  # what the sidebar is searched for
    hits: int = HITS
    library: Browsing = field(default_factory=Browsing)
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
    rerunning: Rerunning = field(default_factory=Rerunning)
    recipe: OpenedRecipe | None = None
    showing: Showing = field(default_factory=Showing)

    def open(self, conversation_id: str | None, leaf: int | None = None) -> None:
        """Make a conversation, or None for a new one, the open one, in the address too; `leaf` ends its open branch."""
        self.turn_to(conversation_id, leaf)
        self.write_address(leaf)

    def close(self, conversation_ids: Collection[str]) -> None:
        """Let go of the open conversation if it is among those that were deleted here; it may be restored."""
        if self.conversation_id in conversation_ids:
            self.closed.add(self.conversation_id)
            self.open(None)

    def turn_to(self, conversation_id: str | None, leaf: int | None = None) -> None:
        """The same, of an address that names it already."""
        if conversation_id != self.conversation_id:
            self.window, self.sought = Window(), None
        self.conversation_id, self.leaf, self.notice = conversation_id, leaf, ""

    def seek(self, message_id: int, after: Sequence[int]) -> None:
        """Have a message of the open branch drawn, which so many others come after, scrolled to and marked."""
        self.window.show(after)
        self.sought = Sought(message_id, self.sought.time + 1 if self.sought else 1)

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

    def follow_trouble(self, trouble: str) -> None:
        """Know what the banner says; a notice that says the same goes when the banner does."""
        if trouble != self.trouble and self.notice == self.trouble:
            self.notice = ""
        self.trouble = trouble

    def write_address(self, leaf: int | None) -> None:
        """Name the open conversation and its branch in the address; the browser can then go back to what it named."""
        message = str(leaf) if self.conversation_id and leaf else None
        name_in_address(self.conversation_id, message=message)
        self.named = (self.conversation_id, message)


def session() -> Session:
    """This tab's session; made at its first run."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    return st.session_state[_KEY]


def addressed_chat() -> tuple[str | None, str | None]:
    """The conversation and the message that the address names."""
    return addressed(), addressed(_MESSAGE)


def addressed(name: str = _ADDRESS) -> str | None:
    """What the address names: a conversation, or what other pages keep there under `id`."""
    return st.query_params.get(name)


def address() -> dict[str, str]:
    """All that the address names, for a page that shows the same."""
    return st.query_params.to_dict()


def name_in_address(value: str | None, name: str = _ADDRESS, message: str | None = None) -> None:
    """Have the address name what is open; None: nothing stored is. A conversation may come with one of its messages."""
    named = {_MESSAGE: message, name: value}
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key not in named}
    if any(named.values()) or len(kept) < len(st.query_params):
        # At once: the browser takes each change for a step that can be gone back.
        st.query_params.from_dict(kept | {key: named[key] for key in (name, _MESSAGE) if named[key]})


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
    show_on_all(key, value)


def show_on_all(key: str, value: Any) -> None:
    """The same in a widget that stands on every page: `look_at` leaves it alone."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def impose(key: str, value: Any) -> None:
    """As `project`, in every run: the browser forgets what an expander was set to, so that the next run would undo
    it."""
    st.session_state[key] = value


def widget(key: str) -> Any:
    """The value of the widget with this key, as the user has just set it.

    A browser that has not yet drawn another view tells of the widgets of the last one, which are gone here: then there
    is nothing to do, and the page is drawn.
    """
    if key not in st.session_state:
        st.rerun()
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
