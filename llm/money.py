"""Amounts of money in words."""

from decimal import ROUND_HALF_UP, Decimal

from llm.types import Cost, Provenance, Spent

MICRO = Decimal("0.000001")
_ESTIMATES = (Provenance.ESTIMATED, Provenance.PARTIAL)


def money(amount: Decimal) -> str:
    """US dollars to the millionth, with two decimals at least: $0.0125, $3.00, <$0.000001."""
    if amount == 0:
        return "$0.00"
    if amount < MICRO:
        return "<$0.000001"
    whole, _, decimals = f"{amount.quantize(MICRO, ROUND_HALF_UP):,f}".partition(".")
    return f"${whole}.{decimals.rstrip('0').ljust(2, '0')}"


def cost_text(cost: Cost) -> str:
    """A cost as it is shown: free, n/a, $0.0012, or ≈$0.0012 for an estimate."""
    if cost.provenance is Provenance.FREE:
        return "free"
    if cost.amount is None:
        return "n/a"
    return about(cost.provenance in _ESTIMATES) + money(cost.amount)


def spent_text(spent: Spent) -> str:
    """A sum as it is shown: free, n/a, ≈$0.0012, free + 2 n/a; "" if nothing was used. An unknown price is no 0."""
    if spent.unpriced == spent.replies:
        return "n/a" if spent.replies else ""
    known = "free" if spent.free and not spent.cost else about(spent.estimated) + money(spent.cost)
    return f"{known} + {spent.unpriced:,} n/a" if spent.unpriced else known


def about(estimated: bool) -> str:
    """What stands before an estimate."""
    return "≈" if estimated else ""
