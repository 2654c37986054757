"""What all turns took together, then and now."""

from collections.abc import Iterator

import streamlit as st

from components.rerun.changes import cost_change, seconds_change, tokens_change
from experiments.rerunning.turn_by_turn import change
from llm.money import about, spent_text
from llm.types import Spent
from llm.words import counted, duration_text
from storage.experiments.rerun_records import RerunSums

NOT_KNOWN = "n/a"


def sums(of: RerunSums) -> None:
    """Draw tokens, cost and time of the new replies, each with its difference to the original ones."""
    if not of.turns:
        return
    with st.container(key="rerun_sums", border=True):
        st.caption(f"{counted(of.turns, 'turn')} in sum: the new replies, against the original ones.")
        with st.container(horizontal=True, gap="large", key="rerun_figures"):
            for label, new, difference, original in _figures(of):
                with st.container(gap=None, width="content"):
                    st.metric(label, new, width="content")
                    st.caption(f"{difference or NOT_KNOWN} · was {original}".replace("$", "\\$"))


def _figures(of: RerunSums) -> Iterator[tuple[str, str, str, str]]:
    """What it is, now, the difference, and then."""
    seconds = of.original_seconds or None, of.new_seconds or None
    found = change(of.original, of.new, seconds)
    guess = about(found.estimated)
    yield "Cost", _cost(of.new), cost_change(found.cost, guess), _cost(of.original)
    for label, name in (("Output", "output_tokens"), ("Input", "input_tokens")):
        new, old = (_tokens(spent, name) for spent in (of.new, of.original))
        yield label, new, tokens_change(getattr(found, name), "tokens", guess), old
    new, old = (duration_text(took) if took else NOT_KNOWN for took in (of.new_seconds, of.original_seconds))
    yield "Time", new, seconds_change(found.seconds), old


def _cost(spent: Spent) -> str:
    return spent_text(spent) or NOT_KNOWN


def _tokens(spent: Spent, name: str) -> str:
    if not spent.replies:
        return NOT_KNOWN
    return about(spent.estimated) + counted(getattr(spent.usage, name), "token")
