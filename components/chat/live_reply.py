"""A reply drawn in the browser while it arrives, without the script running for it.

The component listens to the server-sent events of `/live/{ids}` and renders Markdown as it grows, with the npm package
streaming-markdown (MIT, frontend/streaming-markdown/). When the reply has ended, it has the page run once more.
"""

import re

import streamlit as st

from components.assets import source
from components.chat.message_text import LONGEST_DRAWN

_EXPORTS = re.compile(r"export\{([^}]*)\};?\s*$")


def _script() -> str:
    """The component's module: an inline module can import nothing, so the package is put in front as `smd`."""
    package = source("streaming-markdown/smd.min.js")
    names = re.findall(r"([\w$]+) as (\w+)", _EXPORTS.findall(package)[0])
    exported = ", ".join(f"{public}: {name}" for name, public in names)
    scoped = f"const smd = (() => {{\n{_EXPORTS.sub('', package)}\nreturn {{ {exported} }};\n}})();\n"
    return scoped + source("live_reply.js")


# Without isolation the text is part of the page: it can be searched, selected and read aloud like any other.
_draw = st.components.v2.component("live_reply", css=source("live_reply.css"), js=_script(), isolate_styles=False)


def live_reply(reply_id: str, key: str) -> None:
    """Draw a reply of this server while it streams. When it has ended the page runs again."""
    _draw(key=key, data={"reply": reply_id, "longest": LONGEST_DRAWN}, on_ended_change=lambda: None)


def preload() -> None:
    """Have the browser load, unseen, what the first finished reply would otherwise wait for: the component, the
    highlighter of code and the fonts of formulas. Without it a finished message collapses for a tenth of a second.
    The component also has the page run again when one comes back to its tab."""
    with st.container(key="preload"):
        st.markdown("```python\npass\n```\n$x$")
        _draw(key="preload_live", data={"reply": ""}, on_returned_change=lambda: None)
