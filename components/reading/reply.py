"""One recorded reply with all that is known of it."""

from collections.abc import Iterable

import streamlit as st

from components.chat.message_text import message_text
from components.text.model_text import plain
from components.text.server_words import server_words
from experiments.factor_words import factor_title, level_text
from experiments.reading.results import Result
from experiments.reading.words.reply_figures import Figures, judge_words, reply_figures, status_name, status_words

LONGEST_PARAMETER = 200  # characters


def reply(row: Result, key: str) -> None:
    """Draw the whole reply, and beside it how it came about: its recipe, its figures, checks and judge."""
    said, recipe = st.columns([3, 2], gap="medium")
    with said, st.container(border=True):
        reply_text(row, key)
    with recipe:
        _list("Recipe", recipe_figures(row))
        _list("Figures", reply_figures(row))
        reply_checks(row)


def reply_text(row: Result, key: str) -> None:
    """Draw the text of a reply and, where it is not whole, why."""
    if words := status_words(row):
        st.markdown(f"**{plain(words)}**")
    if row.run.failure:
        server_words(row.run.failure.detail)
    if row.text:
        message_text(row.text, f"{key}_{row.run.reply_id}")
    else:
        st.caption("No text.")


def reply_checks(row: Result) -> None:
    """Draw what the checks and the judge say of a reply, with their reasons."""
    for check in row.checks:
        icon = ":green[:material/check:]" if check.passed else ":red[:material/close:]"
        st.markdown(f"{icon} {plain(check.why)}")
    if words := judge_words(row):
        st.markdown(f":material/gavel: Judge: {plain(words)}")


def recipe_figures(row: Result) -> Figures:
    """What was asked, of whom, and how."""
    settings = row.cell.settings
    chosen = ((factor_title(name), _value(value)) for name, value in settings.parameters.chosen().items())
    levels = ("prompt", row.cell.prompt), ("model", settings.model), ("connection", settings.connection)
    return (*levels, *chosen, ("repetition", f"{row.run.id.repetition + 1}"), ("status", status_name(row.run.status)))


def _value(value: object) -> str:
    return level_text(value) if isinstance(value, str | int | float) else ", ".join(map(repr, value))


def _list(title: str, figures: Iterable[tuple[str, str]]) -> None:
    lines = [f"{plain(name)}: **{plain(_short(text))}**" for name, text in figures]
    st.markdown(f"###### {title}\n\n" + "  \n".join(lines))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_PARAMETER else text[: LONGEST_PARAMETER - 1] + "…"
