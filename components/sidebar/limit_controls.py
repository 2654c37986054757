"""How long a server may take and how much may be spent. It holds for every conversation and is saved at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import streamlit as st

from components.session import project, widget
from llm.types import Preferences, Timeouts

_KEPT_WAITING = "A reply that waits longer fails; what had arrived is kept. In seconds."
TIMEOUTS = {
    "connect": ("Connect", f"How long a server may take to be reached. {_KEPT_WAITING}"),
    "first_byte": (
        "First token",
        "How long a server may take from the request to its first text. Models that think before they answer, and the "
        f"built-in model, get five times as long. {_KEPT_WAITING}",
    ),
    "idle": (
        "Silence",
        "How long a server may pause inside a reply. Only text counts: signs of life without text (keep-alive "
        f"comments) do not hold a reply open. {_KEPT_WAITING}",
    ),
}
_RESERVED = (
    "In US dollars. A request reserves the most that it can cost before it leaves, and stays here if that is more "
    "than is left. What has no known price is not counted. Empty: no cap."
)
CAPS = {
    "conversation": (
        "Per conversation",
        f"The most that each conversation may cost. {_RESERVED}",
    ),
    "day": ("Per day", f"The most that all conversations may cost in a day. {_RESERVED}"),
    "month": ("Per month", f"The most that all conversations may cost in a calendar month. {_RESERVED}"),
}
LONGEST = 3_600.0  # seconds
LARGEST = 1_000_000.0  # US dollars


def limit_controls(
    preferences: Preferences,
    on_timeout: Callable[[str, float], None],
    on_cap: Callable[[str, Decimal | None], None],
) -> None:
    """Draw the limits; an emptied time-out is the usual one again."""
    with st.expander("Limits", key="limits"):
        st.caption("Time-outs in seconds")
        for name, (label, text) in TIMEOUTS.items():
            usual = getattr(Timeouts(), name)
            _number(
                f"limit_{name}",
                label,
                text,
                getattr(preferences.timeouts, name),
                lambda value, name=name, usual=usual: on_timeout(name, usual if value is None else value),
                min_value=0.1,
                max_value=LONGEST,
                step=1.0,
                format="%g",
                placeholder=f"{usual:g}",
            )
        st.caption("Budget in US dollars")
        for name, (label, text) in CAPS.items():
            cap = getattr(preferences.budget, name)
            _number(
                f"budget_{name}",
                label,
                text,
                None if cap is None else float(cap),
                lambda value, name=name: on_cap(name, None if value is None else Decimal(str(value))),
                min_value=0.0,
                max_value=LARGEST,
                step=0.5,
                format="%g",
                placeholder="no cap",
            )


def _number(
    key: str, label: str, text: str, value: float | None, on_change: Callable[[float | None], None], **options: Any
) -> None:
    project(key, value)
    st.number_input(label, key=key, value=None, help=text, on_change=lambda: on_change(widget(key)), **options)
