"""The meters in the sidebar: this reply, this conversation, and how full the model's window is."""

import streamlit as st

from components.figures import context_texts, conversation_texts, reply_texts
from components.meter_panel import meter_panel
from llm.replies import Figures, LiveReply
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
    "Context": {"context": ("Window", "How much of what the model can read at once this conversation fills.")},
}


def meters(figures: Figures | None, spent: Spent, context: tuple[int, int | None], live: LiveReply | None) -> None:
    """Draw the meters; while a reply streams they run by themselves.

    `context` is the tokens that the conversation fills and the model's window, None where it is not known.
    """
    texts = _blank() if figures is None else reply_texts(figures)
    texts |= conversation_texts(spent) | context_texts(*context)
    sections = [
        {
            "title": title,
            "rows": [{"name": n, "label": label, "value": texts[n], "help": text} for n, (label, text) in rows.items()],
        }
        for title, rows in ROWS.items()
    ]
    with st.container(key="meters"):
        meter_panel("meter_panel", sections, float(texts["context_share"]), live.id if live else None)
    st.caption("≈ marks an estimate; the server's own count takes its place.")


def _blank() -> dict[str, str]:
    return dict.fromkeys(reply_texts(EMPTY), "–")
