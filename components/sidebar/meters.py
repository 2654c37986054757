"""The meters in the sidebar: this reply, this conversation, what is left of the budget, and how full the window is."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.figures import context_texts, conversation_texts, reply_texts
from components.sidebar.meter_panel import meter_panel
from llm.money import money
from llm.replies.ledger import Cap
from llm.replies.live import Figures, LiveReply
from llm.types import Cost, Provenance, Spent, Usage

EMPTY = Figures(Usage(), Cost(None, Provenance.UNPRICED))
ROWS = {
    "This reply": {
        "input": ("Input", "What was sent: the system prompt, the messages, and the few tokens that frame them."),
        "output": ("Output", "What the model wrote, its reasoning included."),
        "cost": (
            "Cost",
            "Tokens at the price of the request's moment. n/a: no price is known. free: this machine's work.",
        ),
        "first_token": ("First token", "Time from the request to the first text."),
        "speed": ("Speed", "Output tokens per second from the first text to the last."),
    },
    "This conversation": {
        "conversation_tokens": (
            "Tokens",
            "All that was sent and written in this conversation, every version included.",
        ),
        "conversation_cost": ("Cost", "All that was spent in this conversation, every version included."),
    },
}
CONTEXT = {"context": ("Window", "How much of what the model can read at once this conversation fills.")}
CAPS = {"conversation": "This conversation", "day": "Today", "month": "This month"}


def meters(
    figures: Figures | None,
    spent: Spent,
    caps: Sequence[Cap],
    context: tuple[int, int | None],
    live: LiveReply | None,
) -> None:
    """Draw the meters; while a reply streams they run by themselves, but for the budget.

    `context` is the tokens that the conversation fills and the model's window, None where it is not known.
    """
    texts = _blank() if figures is None else reply_texts(figures)
    texts |= conversation_texts(spent) | context_texts(*context)
    sections = [_section(title, rows, texts) for title, rows in ROWS.items()]
    if caps:
        sections.append({"title": "Budget", "rows": [_cap_row(cap) for cap in caps]})
    sections.append(_section("Context", CONTEXT, texts))
    with st.container(key="meters"):
        meter_panel("meter_panel", sections, float(texts["context_share"]), live.id if live else None)
    st.caption("≈ marks an estimate; the server's own count takes its place.")


def _section(title: str, rows: dict[str, tuple[str, str]], texts: dict[str, str]) -> dict[str, Any]:
    shown = [{"name": n, "label": label, "value": texts[n], "help": text} for n, (label, text) in rows.items()]
    return {"title": title, "rows": shown}


def _cap_row(cap: Cap) -> dict[str, str]:
    held = f", {money(cap.reserved)} is reserved for replies under way" if cap.reserved else ""
    return {
        "name": f"budget_{cap.name}",
        "label": CAPS[cap.name],
        "value": f"{money(cap.left)} of {money(cap.cap)} left",
        "help": f"{money(cap.spent)} is spent{held}. The cap is set under Limits.",
    }


def _blank() -> dict[str, str]:
    return dict.fromkeys(reply_texts(EMPTY), "–")
