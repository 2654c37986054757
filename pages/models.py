"""The models of a connection: what each one reads, writes, refuses and costs, as the playground knows it."""

from datetime import UTC, datetime

import streamlit as st

from components.model_table import model_table
from components.session import look_at, session
from components.sidebar.model_picker import connection_picker, wait_for_models
from llm.models.model_facts import model_facts
from services import services
from tabs.chat.open_chat import OpenChat
from tabs.chat.settings_actions import SettingsActions

chat = OpenChat(services(), session())
chat.tab.enter("models")
look_at("models")
connection = chat.app.directory.get(chat.tab.browsed or chat.tab.settings.connection)

st.header("Models", anchor=False)
with st.sidebar:
    connection_picker(
        [c.name for c in chat.app.directory.all()], connection.name, SettingsActions(chat).browse, key="browsed"
    )
listing = chat.app.directory.listing(connection, 0)
if listing.pending:
    wait_for_models(lambda: not chat.app.directory.listing(connection, 0).pending)
now = datetime.now(UTC)
model_table(connection.name, [model_facts(model, connection, now) for model in listing.models], listing)
