"""A recipe run again with one thing changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.recipe.recipe import Recipe
from components.session import project, widget
from components.sidebar.model_picker import model_picker
from components.sidebar.parameter_controls import HELP, parameter_control
from llm.models.capabilities import capabilities
from llm.servers.connections import Connection
from llm.servers.directory import Listing
from llm.types import Settings

MODEL = "model"
_KEY = "recipe_"
CHANGE = "Run again with one change"


@dataclass(frozen=True)
class Changing:
    """The one change: what is changed ("" for nothing yet), the settings with it, and what can be done.

    `connection` is where it would be asked, `listing` what is listed there.
    """

    parameter: str
    settings: Settings
    connection: Connection
    listing: Listing
    choose: Callable[[str], None]
    change: Callable[[str, Any], None]
    run: Callable[[], None]


def changing(recipe: Recipe, one: Changing) -> None:
    """Draw the choice of what is changed, its control, and the button that runs it."""
    options = (MODEL, *HELP)
    with st.container(border=True, gap="small", key="recipe_change"):
        st.markdown(f"**{CHANGE}**")
        _parameter(options, one)
        if one.parameter == MODEL:
            models = one.listing.models
            model_picker(models, one.settings.model, one.listing.note, lambda to: one.change(MODEL, to), f"{_KEY}model")
        elif one.parameter:
            able = capabilities(one.settings.model, one.connection.base_url, one.connection.built_in)
            parameter_control(one.parameter, one.settings.parameters, able, one.change, _KEY)
        same = one.settings == recipe.reply.settings
        st.button(
            "Run again",
            key="recipe_run",
            icon=":material/replay:",
            type="primary",
            disabled=same,
            on_click=one.run,
        )
        st.caption(
            "Another reply beside this one, sent and paid like any other. The sidebar is then set as it was made."
        )


def _parameter(options: Sequence[str], one: Changing) -> None:
    project("recipe_parameter", one.parameter or None)
    st.selectbox(
        "What to change",
        options,
        key="recipe_parameter",
        index=None,
        format_func=lambda name: "Model" if name == MODEL else HELP[name].label,
        placeholder="Choose one thing",
        label_visibility="collapsed",
        on_change=lambda: one.choose(widget("recipe_parameter") or ""),
        filter_mode=None,
    )
