"""What is made of replies that stand side by side: a blind vote, and the words in which two of them differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import streamlit as st

from components.comparing.cell import ColumnName
from components.comparing.voting import Cast, voted, voting
from components.comparing.word_differences import choose_two, word_differences
from components.session import JUDGING
from experiments.reading.differences import differences


@dataclass(frozen=True)
class Judged:
    """The newest replies, by place, and what was said of them."""

    turn: int
    names: Sequence[ColumnName]
    texts: Sequence[str]
    cast: Cast
    differing: tuple[int, int]  # the places that are compared word by word


class JudgingActions(Protocol):
    """What can be done about it."""

    def vote(self, turn: int, verdict: str) -> None: ...
    def reveal(self) -> None: ...
    def choose_two(self, places: tuple[int, int]) -> None: ...


@st.fragment(key=JUDGING)
def judging(read: Callable[[], Judged | None], does: JudgingActions) -> None:
    """Draw the vote and the differences, once all replies have ended."""
    judged = read()
    with st.container(key="judging"):
        if judged is None:
            return
        hidden = [name.letter for name in judged.names if name.hidden]
        if hidden:
            vote = partial(does.vote, judged.turn)
            voting(hidden, judged.cast, vote, does.reveal)
        elif judged.cast.verdict:
            voted(judged.cast.verdict, [name.short for name in judged.names])
        _word_by_word(judged, does)


def _word_by_word(judged: Judged, does: JudgingActions) -> None:
    with st.expander("Word by word", icon=":material/difference:", key="word_by_word", on_change="rerun") as fold:
        if fold.open:
            choose_two([name.short for name in judged.names], judged.differing, does.choose_two)
            old, new = (judged.texts[place] for place in judged.differing)
            word_differences(differences(old, new))
