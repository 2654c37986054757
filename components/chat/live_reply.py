"""A reply drawn in the browser while it arrives, without the script running for it.

One component, on every page and always there, listens to the server-sent events of `/live/{ids}` and renders Markdown
as it grows, with the npm package streaming-markdown (MIT, frontend/streaming-markdown/), into the places that the page
has for live replies. A turn that begins in this tab it draws at once, from the events of `/turn/{turn}`, before the
page has a place for it. When a reply has ended, the component has the turn drawn once more.
"""

import re
from collections.abc import Callable

import streamlit as st

from components.assets import source
from components.chat.message_text import LONGEST_DRAWN
from components.session import AHEAD, Session, Sought

_EXPORTS = re.compile(r"export\{([^}]*)\};?\s*$")


_SCRIPTS = ("markdown", "stream", "view", "turn", "address", "scroll", "sought", "editing", "page")


def _script() -> str:
    """The component's module: an inline module can import nothing, so its parts and the package, as `smd`, are one."""
    package = source("streaming-markdown/smd.min.js")
    names = re.findall(r"([\w$]+) as (\w+)", _EXPORTS.findall(package)[0])
    exported = ", ".join(f"{public}: {name}" for name, public in names)
    scoped = f"const smd = (() => {{\n{_EXPORTS.sub('', package)}\nreturn {{ {exported} }};\n}})();\n"
    return scoped + "\n".join(source(f"live/{name}.js") for name in _SCRIPTS)


# Without isolation the text is part of the page: it can be searched, selected and read aloud like any other.
_draw = st.components.v2.component("live_replies", css=source("live/live.css"), js=_script(), isolate_styles=False)


def live_replies(tab: Session, on_ended: Callable[[], None], on_formatted: Callable[[], None]) -> None:
    """Have live replies drawn. The page runs again, after `on_ended`, when one has ended, and when one comes back to
    its tab; `on_formatted` is called at the first code or formula in one."""
    with st.container(key="live"):  # unseen
        st.markdown("&nbsp;")  # a text like any other, from which live ones have their fonts and spacing
        _draw(
            key="live_replies",
            data={"longest": LONGEST_DRAWN},
            on_ended_change=on_ended,
            on_formatted_change=on_formatted,
            on_returned_change=lambda: None,
        )
        _read_ahead(tab)


@st.fragment(key=AHEAD)
def _read_ahead(tab: Session) -> None:
    """Have the browser load the highlighter of code and the fonts of formulas, once a live reply has one.

    Without it the finished message collapses for a tenth of a second. They are half of what a page has to load.
    """
    if tab.formatted:
        st.markdown("```python\npass\n```\n$x$")


def live_reply(reply_id: str, masked: bool = False) -> None:
    """The place for a reply of this server that streams; of a masked one only its text is told."""
    mask = " data-masked" if masked else ""
    st.html(f'<div class="live-slot" data-reply="{reply_id}"{mask}></div>')


def recorded_reply(playback_id: str) -> None:
    """The place for a recorded reply that plays: the page stays where it is read."""
    st.html(f'<div class="live-slot" data-reply="{playback_id}" data-recorded></div>')


def next_turn(name: str, conversation_id: str | None, leaf: int | None, sought: Sought | None) -> None:
    """Tell the browser what the turn is called that begins next in this tab, which nobody else knows, where the open
    branch ends, and which message is to be scrolled to."""
    place = f'data-conversation="{conversation_id or ""}" data-leaf="{leaf or ""}"'
    wanted = f"{sought.message_id} {sought.time}" if sought else ""
    st.html(f'<div class="next-turn" data-turn="{name}" {place} data-sought="{wanted}"></div>')
