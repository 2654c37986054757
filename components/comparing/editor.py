"""The columns of a new comparison: which server and model answers in each, and with what parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.assets import source
from components.session import project, widget
from components.sidebar.model_picker import connection_picker, model_picker
from components.sidebar.parameter_controls import parameter_controls
from components.text.model_text import plain
from experiments.comparing.comparison import FEWEST_COLUMNS, MOST_COLUMNS, MOST_REPETITIONS
from llm.models.capabilities import capabilities
from llm.servers.connections import Connection
from llm.servers.directory import Listing
from llm.types import Settings

BLIND_HELP = (
    "Hides names, settings and figures and shuffles the columns, in each repetition anew: you judge only what you read,"
    " vote for the best reply, and then reveal which was which."
)
REPEAT_HELP = "How often each column is asked. One reply is an accident; five show what a setting tends to do."

_show_new_column = st.components.v2.component("new_column", js=source("new_column.js"))


@dataclass(frozen=True)
class EditedColumn:
    """One column: its settings, where they are sent, and what that server lists."""

    settings: Settings
    connection: Connection
    listing: Listing
    title: str


@dataclass(frozen=True)
class EditorActions:
    """What can be done with the columns, by their number."""

    change_connection: Callable[[int, str], None]
    change_model: Callable[[int, str], None]
    change_parameter: Callable[[int, str, Any], None]
    add: Callable[[], None]
    remove: Callable[[int], None]
    repeat: Callable[[int], None]
    hide: Callable[[bool], None]


def editor(
    columns: Sequence[EditedColumn], connections: Sequence[str], problems: Mapping[str, str], actions: EditorActions
) -> None:
    """Draw the columns side by side; `problems` are sentences by field, such as `columns.2.model`."""
    with st.container(key="comparing_editor"):
        places = st.columns(len(columns), gap="small", wrap=False)
        for number, (place, column) in enumerate(zip(places, columns, strict=True)):
            with place, st.container(border=True, height="stretch", key=f"edited_{number}"):
                _column(number, column, len(columns), connections, actions)
                for field, sentence in problems.items():
                    if field == f"columns.{number}" or field.startswith(f"columns.{number}."):
                        st.error(plain(sentence))
    _show_new_column(key="new_column", data={"columns": len(columns)})


def how_to_ask(
    columns: int, repetitions: int, blind: bool, problems: Mapping[str, str], actions: EditorActions
) -> None:
    """Draw what holds for all columns: one more of them, how often each is asked, and whether names are hidden."""
    project("repetitions", repetitions)
    project("blind", blind)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content"):
        full = columns >= MOST_COLUMNS
        st.button("Add column", key="add_column", icon=":material/add:", on_click=actions.add, disabled=full)
        st.number_input(
            "Repeat",
            1,
            MOST_REPETITIONS,
            key="repetitions",
            help=REPEAT_HELP,
            width=124,
            on_change=lambda: actions.repeat(widget("repetitions")),
        )
        blinding = lambda: actions.hide(widget("blind"))  # noqa: E731 (a line of its own would hide what it is for)
        st.toggle("Blind", key="blind", help=BLIND_HELP, on_change=blinding)
    for field in ("columns", "repetitions"):
        if sentence := problems.get(field):
            st.error(plain(sentence))


def _column(
    number: int, column: EditedColumn, columns: int, connections: Sequence[str], actions: EditorActions
) -> None:
    prefix, settings = f"column_{number}_", column.settings
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{plain(column.title)}**")
        if columns > FEWEST_COLUMNS:
            st.button(
                "",
                key=f"{prefix}remove",
                icon=":material/close:",
                type="tertiary",
                help=f"Remove column {number + 1}",
                on_click=actions.remove,
                args=(number,),
            )
    if len(connections) > 1:
        change = partial(actions.change_connection, number)
        connection_picker(connections, column.connection.name, change, f"{prefix}connection")
    listing = column.listing
    change = partial(actions.change_model, number)
    model_picker(listing.models, settings.model, listing.note, change, f"{prefix}model")
    able = capabilities(settings.model, column.connection.base_url, column.connection.built_in)
    parameter_controls(settings.parameters, able, partial(actions.change_parameter, number), prefix, lazy=True)
