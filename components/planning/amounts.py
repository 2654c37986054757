"""Amounts that are expected: each with its unit, an estimate with ≈, and how low and how high it may be."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from components.figures import count
from experiments.estimate import Bill, Span
from experiments.factors import UNSET, Level
from llm.money import money


def number(amount: int, noun: str) -> str:
    """So many of something: 1 run, 1,200 runs."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def level_text(level: Level) -> str:
    """A value of a setting: 0.5, low, default."""
    if level is None:
        return UNSET
    return f"{level:g}" if isinstance(level, float) else str(level)


def dollars(typed: float | None) -> Decimal | None:
    """Money as it was typed."""
    return None if typed is None else Decimal(str(typed))


def duration(seconds: float) -> str:
    """A time as one would say it: 0.4 s, 45 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def span(amounts: Span[Any], words: Callable[[Any], str]) -> str:
    """The likeliest amount, and the range if there is one."""
    low, likely, high = map(words, amounts)
    return f"≈{likely}" if low == high else f"≈{likely} ({low} to {high})"


def tokens(amounts: Span[int]) -> str:
    likely = count(amounts.likely, estimated=True)
    return likely if amounts.low == amounts.high else f"{likely} ({amounts.low:,} to {amounts.high:,})"


def cost(bill: Bill) -> str:
    """What requests cost: free, n/a where no price is known, or what those cost whose price is."""
    if bill.requests and not bill.cost.high:
        return "n/a" if bill.unpriced else "free"
    return span(bill.cost, _cents) + (" + n/a" if bill.unpriced else "")


def _cents(amount: Decimal) -> str:
    """Money to three digits that say something: an estimate has no more."""
    digits = max(2, 2 - amount.adjusted()) if amount else 2
    return money(round(amount, digits))
