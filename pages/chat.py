"""The chat: settings and meters in the sidebar, the conversation in the middle, the composer below."""

import streamlit as st

from components.chat.composer import composer
from components.chat.empty_state import empty_state
from components.chat.reply_actions import ReplyActions
from components.chat.transcript import show_earlier, transcript
from components.figures import stored_figures
from components.session import session
from components.sidebar.limit_controls import limit_controls
from components.sidebar.meters import meters
from components.sidebar.model_picker import connection_picker, model_picker, wait_for_models
from components.sidebar.parameter_controls import parameter_controls
from components.text.model_text import plain
from llm.models.capabilities import capabilities
from open_chat import OpenChat
from services import services

chat = OpenChat(services(), session())
chat.choose_model()
connection = chat.connection
messages, live = chat.transcript()
settings = chat.tab.settings

with st.sidebar:
    with st.container():
        for problem in chat.app.directory.problems():
            st.warning(plain(problem))
    connection_picker([c.name for c in chat.app.directory.all()], connection.name, chat.change_connection)
    listing = chat.listing
    model_picker(listing.models, settings.model, listing.problem, chat.change_model)
    able = capabilities(settings.model, connection.base_url, connection.built_in)
    parameter_controls(settings.parameters, able, chat.change_parameter)
    limit_controls(chat.app.store.preferences.get(), chat.change_timeout, chat.change_cap)
    context = chat.context(messages)
    figures = live.figures if live else stored_figures(messages)
    caps = chat.app.ledger.caps(chat.tab.conversation_id)
    meters(figures, chat.spent(), caps, (context.tokens, context.window), live)
    if listing.pending:
        wait_for_models(lambda: not chat.listing.pending)

if messages:
    show_earlier(chat.hidden(messages), chat.show_earlier)
    actions = ReplyActions(chat.regenerate, chat.continue_reply, chat.send_less, chat.show_sibling, chat.instruction)
    transcript(messages, live, actions)
else:
    empty_state(connection, settings.model, listing.problem, chat.pick)

lines = (context.line if context.sent < context.total else "", "" if live else chat.overspent(caps))
composer(lines, chat.tab.notice, chat.send, chat.stop if live else None)
