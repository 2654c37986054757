"""The chat: settings and meters in the sidebar, the conversation in the middle, the composer below."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.chat.composer import above_composer, composer
from components.chat.empty_state import empty_state
from components.chat.header import chat_header
from components.chat.live_reply import next_turn
from components.chat.message_actions import MessageActions
from components.chat.transcript import live_elsewhere, show_earlier, show_later, transcript
from components.figures import stored_figures
from components.present.moments_panel import MomentChanges, moments_dialog
from components.recipe.drawer import RecipeDoes, recipe_drawer
from components.session import RECIPE, TURN, session
from components.sidebar.limit_controls import limit_controls
from components.sidebar.meters import meters
from components.sidebar.model_picker import connection_picker, model_picker, wait_for_models
from components.sidebar.parameter_controls import parameter_controls
from components.text.model_text import plain
from llm.models.capabilities import capabilities
from services import services
from storage.records import StoredMessage, Thumb
from tabs.chat.open_chat import OpenChat
from tabs.chat.outline_actions import OutlineActions
from tabs.chat.rating_actions import RatingActions
from tabs.chat.recipe_actions import RecipeActions
from tabs.chat.settings_actions import SettingsActions
from tabs.chat.turn_actions import TurnActions
from tabs.comparing.comparison_actions import ComparisonActions
from tabs.comparing.open_comparison import OpenComparison
from tabs.library.exchange_actions import ExchangeActions
from tabs.presenting.moment_actions import MomentActions
from tabs.presenting.play_actions import PlayActions
from tabs.rerunning.open_rerun import OpenRerun
from tabs.rerunning.rerun_actions import RerunPageActions

chat = OpenChat(services(), session())
sets, turns = SettingsActions(chat), TurnActions(chat)
rates, recipes = RatingActions(chat), RecipeActions(chat)
plays, moments = PlayActions(chat), MomentActions(chat)
changes = MomentChanges(moments.describe, moments.move, moments.drop)
on_messages = {
    "edit": turns.edit,
    "cancel_edit": turns.cancel_edit,
    "fork": turns.fork,
    "continue": turns.continue_reply,
    "send_less": turns.send_less,
    "previous": lambda message: turns.show_sibling(message.id, -1),
    "next": lambda message: turns.show_sibling(message.id, 1),
    "recipe": recipes.open,
    "up": lambda message: rates.rate(message, Thumb.UP),
    "down": lambda message: rates.rate(message, Thumb.DOWN),
    "play": plays.play,
    "pin": moments.pin,
    "unpin": moments.unpin,
    "compare": lambda _: ComparisonActions(OpenComparison(chat)).compare_from_here(),
}
on_conversation: dict[str, Callable[[], None]] = {  # by the name of the header's offer; it may open a dialog
    "outline": OutlineActions(chat).open,
    "present": moments.present,
    "moments": lambda: moments_dialog(moments.read, changes, moments.present),
    "rerun": RerunPageActions(OpenRerun(chat)).rerun_chat,
    "export": ExchangeActions(chat).export_open,
}
chat.choose_model()


def on_drawn(leaf: int | None) -> dict[str, Callable[[StoredMessage], None]]:
    """What begins a branch: where another one is open by now than was drawn, it does not."""
    return {
        "regenerate": partial(turns.regenerate, seen=leaf),
        "send_edited": partial(turns.send_edited, seen=leaf),
    }


def controls() -> None:
    connection, settings, listing = chat.connection, chat.tab.settings, chat.listing
    with st.container():
        for problem in chat.app.directory.problems():
            st.warning(plain(problem))
    connection_picker([c.name for c in chat.app.directory.all()], connection.name, sets.change_connection)
    model_picker(listing.models, settings.model, listing.note, sets.change_model)
    able = capabilities(settings.model, connection.base_url, connection.built_in)
    parameter_controls(settings.parameters, able, sets.change_parameter)
    limit_controls(chat.app.store.preferences.get(), sets.change_timeout, sets.change_cap)
    if listing.pending:
        wait_for_models(lambda: not chat.listing.pending)


@st.fragment(key=TURN)
def turn(place_for_meters: st.delta_generator.DeltaGenerator) -> None:
    """What a turn changes, and nothing else: when one begins or ends, the controls are not drawn anew."""
    if chat.is_gone:
        st.rerun()
    shown = chat.transcript()
    messages, live, leaf = shown.messages, shown.live, chat.tab.leaf
    context, caps = chat.context(shown.newest), chat.app.ledger.caps(chat.tab.conversation_id)
    played = plays.playback
    with place_for_meters:
        running = live or (played and played.reply)
        figures = running.figures if running else stored_figures(shown.newest)
        meters(figures, chat.spent(), caps, (context.tokens, context.window), running)
    with st.container():
        if messages:
            chat_header(on_conversation)
            show_earlier(shown.earlier, turns.show_earlier)
            actions = MessageActions(on_messages | on_drawn(leaf), rates.explain, chat.instruction)
            transcript(messages, live, actions, chat.tab.settings, leaf, chat.tab.editing, played)
            show_later(shown.later, turns.show_later, turns.show_end)
            if shown.live_elsewhere:
                live_elsewhere(live, partial(turns.go_to, live.message_id))
        else:
            empty_state(chat.connection, chat.tab.settings.model, chat.listing.problem, turns.pick)
        next_turn(chat.tab.turn, chat.tab.conversation_id, leaf, chat.tab.sought)
    lines = (context.line if context.sent < context.total else "", "" if live else chat.overspent(caps))
    above_composer(lines, chat.tab.notice, turns.stop if live else None)


@st.fragment(key=RECIPE)
def recipe() -> None:
    """The recipe of a reply, while one is open."""
    if recipes.opened_here:
        shown = recipes.shown()
        changing = recipes.changing(shown.reply) if shown else None
        recipe_drawer(shown, changing, RecipeDoes(recipes.close, recipes.show, recipes.use))


with st.sidebar:
    controls()
    place_for_meters = st.container(key="meters_place")
turn(place_for_meters)
composer(turns.send)
recipe()
