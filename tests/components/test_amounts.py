"""What is expected, in words: units everywhere, ≈ before an estimate, and the range it may have."""

from decimal import Decimal

from components.planning.amounts import cost, dollars, span, tokens
from experiments.estimate import Bill, Span
from llm.words import duration_text


def bill(low, likely, high, requests=10, unpriced=()):
    return Bill(requests, Span(1, 1, 1), Span(1, 2, 3), Span(*map(Decimal, (low, likely, high))), unpriced)


def test_a_range_stands_behind_the_likeliest_amount():
    assert tokens(Span(600, 1_440, 38_400)) == "≈1,440 tokens (600 to 38,400)"
    assert tokens(Span(495, 495, 495)) == "≈495 tokens"
    assert span(Span(34.0, 60.0, 200.0), duration_text) == "≈1 min 0 s (34 s to 3 min 20 s)"


def test_costs_are_free_unknown_or_rounded_to_what_is_known_of_them():
    assert cost(bill("0", "0", "0")) == "free"
    assert cost(bill("0", "0", "0", unpriced=("模型",))) == "n/a"
    assert cost(bill("0.00131999", "0.0123456", "1.23456")) == "≈$0.0123 ($0.00132 to $1.23)"
    assert cost(bill("0.5", "0.5", "0.5", unpriced=("模型",))) == "≈$0.50 + n/a"
    assert cost(bill("0", "0", "0", requests=0)) == "≈$0.00"


def test_typed_money_is_exact():
    assert (dollars(None), dollars(0.1)) == (None, Decimal("0.1"))
