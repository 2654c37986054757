"""The turns of a rerun, a few at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.choice import choice
from components.rerun.state import DRAWN
from components.rerun.turn import ShownTurn, turn
from components.session import project

SIDE_BY_SIDE, BY_WORD = "Side by side", "Word by word"


@dataclass(frozen=True)
class TurnsActions:
    """How the turns are looked at."""

    show_from: Callable[[int], None]
    look_by_word: Callable[[bool], None]
    open_reply: Callable[[int], None]


def turns(shown: Sequence[ShownTurn], total: int, by_word: bool, does: TurnsActions) -> None:
    """Draw some of `total` turns, and the ways to those before and after them."""
    row = {"horizontal": True, "horizontal_alignment": "distribute", "vertical_alignment": "center"}
    with st.container(key="reran_head", **row):
        project("rerun_look", BY_WORD if by_word else SIDE_BY_SIDE)
        look = {"label_visibility": "collapsed", "width": "content"}
        choice("Look", (SIDE_BY_SIDE, BY_WORD), "rerun_look", lambda name: does.look_by_word(name == BY_WORD), **look)
        _pages(shown, total, "above", does)
    for one in shown:
        turn(one, by_word, does.open_reply)
    with st.container(key="reran_end", horizontal=True, horizontal_alignment="right"):
        _pages(shown, total, "below", does)


def _pages(shown: Sequence[ShownTurn], total: int, where: str, does: TurnsActions) -> None:
    """Which turns are drawn, and the ones before and after."""
    if total <= DRAWN or not shown:
        return
    first, last = shown[0].reran.turn, shown[-1].reran.turn
    with st.container(horizontal=True, vertical_alignment="center", width="content", key=f"rerun_pages_{where}"):
        _page("Earlier", "chevron_left", f"earlier_{where}", max(0, first - DRAWN), first == 0, does)
        st.caption(f"Turns {first + 1:,} to {last + 1:,} of {total:,}", width="content")
        _page("Later", "chevron_right", f"later_{where}", last + 1, last + 1 >= total, does)


def _page(label: str, icon: str, key: str, first: int, closed: bool, does: TurnsActions) -> None:
    look = {"icon": f":material/{icon}:", "type": "tertiary", "disabled": closed}
    st.button(label, key=f"rerun_{key}", on_click=does.show_from, args=(first,), **look)
