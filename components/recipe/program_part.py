"""A request as programs, and request and answer as JSON: to read, to copy, to keep."""

import json
from typing import Any

import streamlit as st

from components.chat.message_text import beginning
from components.copy_button import copy_button
from components.recipe.context_part import NEVER, proof
from components.recipe.recipe import Recipe
from components.recipe.response import response
from components.text.model_text import plain
from llm.recipes.as_curl import as_curl
from llm.recipes.as_python import as_python
from llm.servers.connections import KEY_VARIABLE, NO_KEY

HIGHEST = 360  # pixels of a piece of code
BUILT_IN = (
    "These do not run as they stand: the built-in model answers the playground alone, with a key of its own that is "
    "never shown and new at each start. Put another server's address and model in their place."
)
KEY = f"The key is not in it: it is read from {KEY_VARIABLE} in the environment when it runs."
_LANGUAGES = {"Python": (as_python, "python"), "curl": (as_curl, "bash")}


def program_part(recipe: Recipe) -> None:
    """Draw the request as programs that send it once more to the same server."""
    if recipe.rebuilt is None:
        st.info(NEVER)
        return
    if recipe.connection is None:
        name = plain(recipe.reply.settings.connection)
        st.info(f"{name} is not there now: neither is the address that a program would need.")
        return
    proof(recipe)
    if recipe.connection.built_in:
        st.info(BUILT_IN, icon=":material/info:")
    elif recipe.connection.api_key != NO_KEY:
        st.caption(KEY)
    for name, (write, language) in _LANGUAGES.items():
        _piece(name, f"Copy as {name}", write(recipe.rebuilt.body, recipe.connection), language)


def json_part(recipe: Recipe) -> None:
    """Draw request and answer as JSON."""
    if recipe.rebuilt is None:
        st.info(NEVER)
    else:
        _piece("Request", "Copy the request", _json(recipe.rebuilt.body), "json")
        proof(recipe)
    _piece("Response, as recorded", "Copy the response", _json(response(recipe)), "json")


def _piece(title: str, copy: str, text: str, language: str) -> None:
    name = copy.rpartition(" ")[2].lower()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{title}**")
        copy_button(copy, text, f"copy_{name}")
    shown = beginning(text)
    st.code(shown, language=language, height=HIGHEST if text.count("\n") > 14 else "content")
    if len(shown) < len(text):
        st.caption(f"The first {len(shown):,} of {len(text):,} characters are drawn; the copy is whole.")
    if language == "json":
        st.download_button(
            f"Download the {name}",
            text.encode(errors="surrogatepass"),
            f"{name}.json",
            "application/json",
            key=f"download_{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
