"""A table of models: what each one reads, writes and costs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from components.text.model_text import plain
from llm.models.model_facts import ModelFacts
from llm.servers.directory import Listing

PER_MILLION = "US$ per million tokens"


def model_table(connection: str, models: Sequence[ModelFacts], listing: Listing) -> None:
    """Draw what is known of the models that a connection lists."""
    if listing.pending:
        st.caption(f"Asking {plain(connection)} for its models…")
    elif listing.problem:
        st.warning(plain(listing.problem))
    elif not models:
        st.info(f"{plain(connection)} lists no chat models. Type a model's name on the chat page.")
    else:
        st.caption(_sources(models))
        st.dataframe(
            [_row(model) for model in models],
            hide_index=True,
            column_config={
                "Window": st.column_config.NumberColumn("Window, tokens", format="localized"),
                "Longest reply": st.column_config.NumberColumn("Longest reply, tokens", format="localized"),
                "Input": st.column_config.NumberColumn(help=PER_MILLION, format="$%.3f"),
                "Cached input": st.column_config.NumberColumn(help=PER_MILLION, format="$%.3f"),
                "Output": st.column_config.NumberColumn(help=PER_MILLION, format="$%.3f"),
            },
        )


def _row(model: ModelFacts) -> dict[str, Any]:
    able, prices = model.capabilities, model.prices
    return {
        "Model": model.name,
        "Window": able.context_window,
        "Longest reply": able.max_output_tokens,
        "Reasons": "yes" if able.reasoning else "no" if able.known else "unknown",
        "Input": _dollars(prices.input if prices else None, model.free),
        "Cached input": _dollars(prices.cached if prices else None, model.free),
        "Output": _dollars(prices.output if prices else None, model.free),
    }


def _dollars(price: Decimal | None, free: bool) -> float | None:
    if free:
        return 0.0
    return None if price is None else float(price)


def _sources(models: Sequence[ModelFacts]) -> str:
    if all(model.free for model in models):
        return "This model runs on your machine and is free."
    sources = {f"{m.prices.source}, {m.prices.date}" for m in models if m.prices}
    listed = "; ".join(sorted(sources)) or "no prices are known"
    return f"Prices in {PER_MILLION}: {listed}. None: not known."
