"""Compare: one prompt to several columns of settings at once, side by side."""

from datetime import timedelta

import streamlit as st

from components.assets import FRONTEND
from components.chat.composer import above_composer
from components.comparing.ask_all import ask_all
from components.comparing.board import board, wait_for_others
from components.comparing.cell import CellActions, cell
from components.comparing.earlier import earlier
from components.comparing.editor import EditorActions, editor, how_to_ask
from components.comparing.header import HeaderActions, alike, begins_with, begun_with, header, repetition_switch
from components.comparing.judging import Judged, judging
from components.comparing.win_rates import win_rates_table
from components.list_entry import ListedActions
from components.session import session
from components.sidebar.conversation_list import undo_deletions
from components.sidebar.model_picker import wait_for_models
from services import UNDO, services
from tabs.chat.open_chat import OpenChat
from tabs.comparing.column_actions import ColumnActions
from tabs.comparing.comparison_actions import ComparisonActions
from tabs.comparing.open_comparison import OpenComparison
from tabs.comparing.shown_comparison import ShownComparison

opened = OpenComparison(OpenChat(services(), session()))
state, sets, does = opened.state, ColumnActions(opened), ComparisonActions(opened)
opened.chat.choose_model()
opened.follow_address()
st.html(FRONTEND / "comparing.css")


def new_comparison() -> None:
    """The columns to ask, and how settings did in the votes of before."""
    edited = opened.edited()
    change = (sets.change_connection, sets.change_model, sets.change_parameter)
    actions = EditorActions(*change, sets.add, sets.remove, sets.repeat, sets.hide)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header("Compare", anchor=False, width="content")
        how_to_ask(len(edited), state.repetitions, state.blind, state.problems, actions)
    st.caption(f"Change a setting in one column, then ask {'both' if len(edited) == 2 else 'all'}.")
    with st.container():  # there in any case, so that the columns keep their places
        if state.source:
            begins_with(state.source, sets.drop_source)
    editor(edited, [c.name for c in opened.app.directory.all()], state.problems, actions)
    if any(column.listing.pending for column in edited):
        wait_for_models(lambda: not any(column.listing.pending for column in opened.edited()))
    with st.expander("Win rates of blind votes", key="win_rates", on_change="rerun") as fold:
        if fold.open:
            win_rates_table(opened.win_rates())


def replies(shown: ShownComparison) -> None:
    """What was asked, and what the columns replied."""
    stored = shown.stored
    header(stored, HeaderActions(does.rename, does.delete, does.compare_again))
    alike(shown.alike)
    repetition_switch(stored.repetitions, shown.repetition, does.show_repetition)
    wait_for_others(lambda: shown.arriving_elsewhere)
    begun_with(shown.begun_with)
    actions = CellActions(does.stop, does.retry, does.continue_in_chat)

    def draw(turn: int, place: int) -> None:
        cell(opened.cell(shown, turn, place) or st.rerun(), actions)

    def judged() -> Judged | None:
        newest = opened.newest(shown)
        return shown.judged(st.rerun() if newest is None else newest, state.differing)

    board(shown.prompts, len(shown.order), draw)
    judging(judged, does)


def sidebar() -> None:
    """The comparisons of before."""
    found, more = opened.earlier()
    actions = ListedActions(does.open, does.rename, does.delete)
    earlier(found, state.comparison_id, does.list_more if more else None, actions)


with st.sidebar:
    sidebar()
with st.container():  # there in any case, so that the page keeps its places
    undo_deletions(opened.deleted(), timedelta(seconds=UNDO), does.restore)
shown = opened.shown
if shown:
    replies(shown)
else:
    new_comparison()
live = bool(shown and (shown.streaming() or shown.arriving_elsewhere))
above_composer((), opened.tab.notice, does.stop if live else None, "Stop all")
ask_all(does.send, follow=shown is not None)
