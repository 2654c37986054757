"""A new rerun: which model asks, with what parameters, and what stands before each prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.choice import choice
from components.session import project
from components.sidebar.model_picker import connection_picker, model_picker
from components.sidebar.parameter_controls import parameter_controls
from llm.models.capabilities import capabilities
from llm.servers.connections import Connection
from llm.servers.directory import Listing
from llm.types import Settings
from storage.experiments.rerun_records import Way

PREFIX = "rerun_"  # of the controls' keys
NAMES = {Way.OWN: "On its own replies", Way.ORIGINAL: "On the original history"}
MEANINGS = {
    Way.OWN: "Your prompts one after the other, each after what the new model itself replied before: how the whole "
    "conversation would have gone with it.",
    Way.ORIGINAL: "Each prompt after the conversation as it was: how the new model would have replied at that place.",
}


@dataclass(frozen=True)
class RerunChoice:
    """What is chosen so far, where it is sent, and what that server lists."""

    settings: Settings
    way: Way
    connection: Connection
    listing: Listing


@dataclass(frozen=True)
class ChoosingActions:
    """What changes the choice, and what starts."""

    change_connection: Callable[[str], None]
    change_model: Callable[[str], None]
    change_parameter: Callable[[str, Any], None]
    change_way: Callable[[Way], None]
    start: Callable[[], None]


def choosing(chosen: RerunChoice, connections: Sequence[str], does: ChoosingActions) -> None:
    """Draw the way, the pickers and the parameters."""
    with st.container(border=True, key="rerun_way_card"):
        project("rerun_way", chosen.way)
        choice("Ask each prompt", tuple(NAMES), "rerun_way", does.change_way, format_func=NAMES.__getitem__)
        st.caption(MEANINGS[chosen.way])
    settings, connection, listing = chosen.settings, chosen.connection, chosen.listing
    with st.container(border=True, key="rerun_settings"):
        if len(connections) > 1:
            connection_picker(connections, connection.name, does.change_connection, f"{PREFIX}connection")
        model_picker(listing.models, settings.model, listing.note, does.change_model, f"{PREFIX}model")
        able = capabilities(settings.model, connection.base_url, connection.built_in)
        parameter_controls(settings.parameters, able, does.change_parameter, PREFIX, lazy=True)
