"""Amounts that are expected: each with its unit, an estimate with ≈, and how low and how high it may be."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from components.figures import count
from experiments.estimate import Bill, Span
from llm.money import money


def dollars(typed: float | None) -> Decimal | None:
    """Money as it was typed."""
    return None if typed is None else Decimal(str(typed))


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
