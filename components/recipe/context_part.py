"""What went to the model with a request."""

import streamlit as st

from components.recipe.recipe import Recipe
from components.roles import ICONS
from components.text.model_text import plain
from llm.words import beginning, counted

MOST_LISTED = 40  # messages
LONGEST_LINE = 160  # characters
NEVER = "No request left for this reply, so nothing went."
EXACT = "This is the request, to the byte"


def context_part(recipe: Recipe) -> None:
    """Draw whether the request is known exactly, and the messages that went, each by its beginning."""
    if recipe.rebuilt is None:
        st.info(NEVER)
        return
    proof(recipe)
    sent = recipe.reply.sent
    body = recipe.rebuilt.body["messages"]
    with_system = "The system prompt and " if body and body[0]["role"] == "system" else ""
    st.markdown(f"{with_system}{counted(len(sent.message_ids), 'message')} went to the model.")
    if with_system:
        _line("system", body[0]["content"])
    if len(sent.message_ids) > MOST_LISTED:
        st.caption(f"The newest {MOST_LISTED} messages:")
    for id_ in sent.message_ids[-MOST_LISTED:]:
        if message := recipe.messages.get(id_):
            _line(message.role, message.content)
        else:
            st.markdown(":gray[:material/delete: removed since]")
    if sent.continuation:
        _line("user", sent.continuation)


def proof(recipe: Recipe) -> None:
    """Say whether what is shown is the request that left."""
    rebuilt = recipe.rebuilt
    if rebuilt.exact:
        st.badge(EXACT, icon=":material/verified:", color="green")
        st.caption(f"SHA-256 of its JSON, taken as it left: {recipe.reply.sent.request_hash[:16]}…")
    elif rebuilt.missing:
        gone = counted(len(rebuilt.missing), "message")
        st.badge(f"{gone} of this request removed since", icon=":material/delete:", color="orange")
    else:
        st.badge("Not to the byte: what is stored is not what was sent", icon=":material/warning:", color="orange")


def _line(role: str, text: str) -> None:
    st.markdown(f":gray[{ICONS[role]}] {plain(beginning(text, LONGEST_LINE)) or ':gray[empty]'}")
