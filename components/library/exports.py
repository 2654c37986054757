"""Conversations as files, each made when its link is clicked and sent while it is made."""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape

import streamlit as st

from components.assets import FRONTEND
from components.text.model_text import plain
from exchange.writing.exports import Format, Wanted
from exchange.writing.training import FEWEST, Checked, Chosen
from llm.models.training_prices import READ, TRAINABLE, training_price
from llm.money import money
from llm.types import PlaygroundError
from llm.words import counted

ABOUT = {
    Format.MARKDOWN: (
        "Markdown",
        "To read, and to go on with in any editor: the open branch, with what made each reply.",
    ),
    Format.PAGE: (
        "Web page",
        "One page that opens anywhere, without the playground or the internet. Nothing in it runs.",
    ),
    Format.JSON: ("JSON", "Everything: all branches, recipes, tokens, costs. Import it here or in another playground."),
    Format.TRAINING: ("JSONL", "The good examples, one a line, in OpenAI's chat format."),
}
SEVERAL = "Several conversations are a zip with a file for each."


@dataclass(frozen=True)
class ExportDoes:
    """What an export needs: a link to what is wanted, and what examples for training hold."""

    ticket: Callable[[Wanted], str]
    check: Callable[[Wanted], AbstractContextManager[Future[Checked]]]


def export_panel(ids: tuple[str, ...] | None, does: ExportDoes) -> None:
    """Draw a link for each kind of file; `ids` are the conversations, None for all of them."""
    st.html(FRONTEND / "exchange.css")
    for format in (Format.MARKDOWN, Format.PAGE, Format.JSON):
        _link(Wanted(format, ids), does)
    if ids is None or len(ids) > 1:
        st.caption(SEVERAL)
    with st.expander(
        "For fine-tuning", icon=":material/model_training:", key="export_training", on_change="rerun"
    ) as more:
        if more.open:
            _training(ids, does)


def _link(wanted: Wanted, does: ExportDoes) -> None:
    label, about = ABOUT[wanted.format]
    with st.container(horizontal=True, vertical_alignment="center", key=f"export_row_{wanted.format}"):
        address = escape(f"/export/{does.ticket(wanted)}")
        icon = '<span aria-hidden="true">download</span>'
        st.html(f'<a class="export-link" href="{address}" download>{icon}{label}</a>', width="content")
        st.caption(about, width="stretch")


def _training(ids: tuple[str, ...] | None, does: ExportDoes) -> None:
    left, right = st.columns(2)
    with left:
        model = st.selectbox("Model to train", TRAINABLE, key="export_model")
    with right:
        chosen = st.selectbox("Examples", list(Chosen), key="export_chosen", format_func=str)
    wanted = Wanted(Format.TRAINING, ids, model, chosen)
    try:
        with does.check(wanted) as check:
            found = _waited(check)
    except PlaygroundError as error:
        st.error(plain(str(error)))
        return
    _figures(found)
    if found.good:
        _link(wanted, does)
    _faults(found)


def _figures(found: Checked) -> None:
    cost, price = found.cost, training_price(found.model)
    parts = [
        f"**{counted(found.good, 'good example')}**",
        f"≈{found.tokens:,} tokens",
        f"longest ≈{found.longest:,}" if found.longest else "",
        f"≈{plain(money(cost))} each time all are gone through" if cost is not None else "cost n/a",
    ]
    st.markdown(" · ".join(part for part in parts if part))
    if price is not None:
        st.caption(
            f"An estimate: {plain(money(price))} per million tokens was OpenAI's price in {READ} and may have "
            "changed. 3 times through is usual."
        )
    if found.good < FEWEST:
        st.caption(f"OpenAI trains with {FEWEST} examples or more.")


def _faults(found: Checked) -> None:
    if not found.bad:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/warning: {counted(found.bad, 'bad example')} left out:")
        for title, fault in found.faults:
            st.caption(f"**{plain(title)}**: {plain(fault)}")
        if found.bad > len(found.faults):
            st.caption(f"and {found.bad - len(found.faults):,} more")


def _waited(future: Future[Checked]) -> Checked:
    if not future.done():
        began, place = time.monotonic(), st.empty()
        wait([future], 0.2)
        while not future.done():
            place.caption(f"Reading the examples… {time.monotonic() - began:.0f} s")  # drawing lets a click through
            wait([future], 0.2)
        place.empty()
    return future.result()
