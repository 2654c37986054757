"""Amounts of money in words."""

from decimal import ROUND_HALF_UP, Decimal

MICRO = Decimal("0.000001")


def money(amount: Decimal) -> str:
    """US dollars to the millionth, with two decimals at least: $0.0125, $3.00, <$0.000001."""
    if amount == 0:
        return "$0.00"
    if amount < MICRO:
        return "<$0.000001"
    whole, _, decimals = f"{amount.quantize(MICRO, ROUND_HALF_UP):,f}".partition(".")
    return f"${whole}.{decimals.rstrip('0').ljust(2, '0')}"
