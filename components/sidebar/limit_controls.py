"""How long a server may take and how much may be spent. It holds for every conversation and is saved at once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
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
    "In US dollars. A request reserves the most that it may cost before it leaves, and leaves only while something is "
    "left. What has no known price is not counted. Empty: no cap."
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
    """Draw the limits, once they are unfolded: few need them. An emptied time-out is the usual one again."""
    with st.expander("Limits", key="limits", on_change="rerun") as limits:
        if not limits.open:
            return
        st.caption("Time-outs in seconds")
        for name in TIMEOUTS:
            _timeout(name, getattr(preferences.timeouts, name), on_timeout)
        st.caption("Budget in US dollars")
        for name in CAPS:
            _cap(name, getattr(preferences.budget, name), on_cap)


def _timeout(name: str, seconds: float, on_timeout: Callable[[str, float], None]) -> None:
    usual = getattr(Timeouts(), name)
    limits = {"min_value": 0.1, "max_value": LONGEST, "step": 1.0, "placeholder": f"{usual:g}"}
    _number(f"limit_{name}", TIMEOUTS[name], seconds, lambda value: on_timeout(name, value or usual), limits)


def _cap(name: str, cap: Decimal | None, on_cap: Callable[[str, Decimal | None], None]) -> None:
    limits = {"min_value": 0.0, "max_value": LARGEST, "step": 0.5, "placeholder": "no cap"}
    shown = None if cap is None else float(cap)
    _number(
        f"budget_{name}",
        CAPS[name],
        shown,
        lambda value: on_cap(name, None if value is None else Decimal(str(value))),
        limits,
    )


def _number(
    key: str,
    words: tuple[str, str],
    value: float | None,
    on_change: Callable[[float | None], None],
    limits: dict[str, Any],
) -> None:
    label, text = words
    project(key, value)
    changed = partial(_changed, key, on_change)
    st.number_input(label, key=key, value=None, help=text, format="%g", on_change=changed, **limits)


def _changed(key: str, on_change: Callable[[float | None], None]) -> None:
    on_change(widget(key))
