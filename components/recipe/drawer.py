"""The recipe of a reply, in a drawer beside the conversation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from components.chat.endings import ending
from components.choice import choice
from components.figures import NONE, reply_cost, reply_tokens, seconds
from components.recipe.changing import Changing, changing
from components.recipe.chip import changed_since
from components.recipe.context_part import context_part
from components.recipe.program_part import json_part, program_part
from components.recipe.recipe import Recipe
from components.recipe.rows import Row, ending_rows, moment_text, notes, setting_rows, timing_rows, token_rows
from components.session import project
from components.text.model_text import plain

WIDTH = 640  # pixels
UNTOLD = "It was copied from a conversation that is gone, or from elsewhere: what made it is not known any more."
COPIED = "The message is a copy: this is what made the one that was copied."
TABS = ("Settings", "Figures", "Context", "Code", "JSON")


@dataclass(frozen=True)
class RecipeDoes:
    """What can be done in it."""

    close: Callable[[], None]
    show: Callable[[int], None]  # another request, by its place
    use: Callable[[], None]


def recipe_drawer(recipe: Recipe | None, changed: Changing | None, does: RecipeDoes) -> None:
    """Draw the drawer; None: what made the message is not known."""
    with_title = st.dialog(
        "Recipe", width=WIDTH, position="right", icon=":material/receipt_long:", on_dismiss=does.close
    )
    with_title(_recipe)(recipe, changed, does)


def _recipe(recipe: Recipe | None, changed: Changing | None, does: RecipeDoes) -> None:
    if recipe is None:
        st.info(UNTOLD)
        return
    with st.container(key="recipe", gap="small"):
        _head(recipe, does)
        settings, figures, context, code, raw = st.tabs(TABS, key="recipe_tabs", on_change="rerun")
        if settings.open:
            with settings:
                _settings(recipe, changed, does)
        if figures.open:
            with figures:
                _figures(recipe)
        if context.open:
            with context:
                context_part(recipe)
        if code.open:
            with code:
                program_part(recipe)
        if raw.open:
            with raw:
                json_part(recipe)


def _head(recipe: Recipe, does: RecipeDoes) -> None:
    reply, several = recipe.reply, len(recipe.replies) > 1
    if several:
        project("recipe_request", recipe.place)
        places = range(len(recipe.replies))
        choice("Request", places, "recipe_request", does.show, format_func=lambda place: f"Request {place + 1}")
    st.markdown(f"**{plain(reply.settings.model)}** at {plain(reply.settings.connection)}")
    ended = ending(reply, len(recipe.text.strip()))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if ended:
            st.badge(ended.word, icon=ended.icon, color=ended.color)
        else:
            st.badge("Complete", icon=":material/check:", color="green")
        st.caption(moment_text(reply.started_at))
    if recipe.message.copied_from:
        st.caption(COPIED)
    glance = {
        "Tokens written": reply_tokens((reply,)).removesuffix(" tokens"),
        "Cost": reply_cost((reply,)),
        "Time": seconds(recipe.timing.duration),
    }
    with st.container(horizontal=True, gap="medium", key="recipe_glance"):
        for label, value in glance.items():
            st.metric(label, value or NONE, width="content")


def _settings(recipe: Recipe, changed: Changing, does: RecipeDoes) -> None:
    rows = [{name: plain(value) for name, value in row.items()} for row in setting_rows(recipe)]
    st.table(rows, border="horizontal", hide_index=True)
    st.caption("  \n".join(map(plain, (*notes(recipe), "All else was left to the server."))))
    now = changed_since(recipe.reply.settings, recipe.now)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Use these settings", key="recipe_use", icon=":material/tune:", on_click=does.use, disabled=not now)
        st.caption(f"The sidebar has now: {plain(now)}" if now else "The sidebar is set so now.")
    changing(recipe, changed)


def _figures(recipe: Recipe) -> None:
    _table("Tokens and cost", token_rows(recipe))
    _table("Time", timing_rows(recipe))
    _table("Answer", ending_rows(recipe))


def _table(title: str, rows: Iterable[Row]) -> None:
    st.markdown(f"###### {title}")
    drawn = [{"name": plain(name), "value": plain(value)} for name, value in rows]
    st.table(drawn, border="horizontal", hide_index=True, hide_header=True)
