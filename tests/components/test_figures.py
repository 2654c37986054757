"""Meters in words: units, ≈ for estimates, n/a for what is not known."""

from decimal import Decimal

import pytest

from components.figures import context_texts, conversation_texts, figures_line, reply_texts
from llm.money import cost_text, money
from llm.replies.live import Figures
from llm.types import Cost, Provenance, Spent, Usage


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("3", "$3.00"),
        ("0.1", "$0.10"),
        ("0.000372", "$0.000372"),
        ("0.0000125", "$0.000013"),
        ("0.00000049", "<$0.000001"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_money(amount, text):
    assert money(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (Cost(Decimal("0.01"), Provenance.REPORTED), "$0.01"),
        (Cost(Decimal("0.01"), Provenance.ESTIMATED), "≈$0.01"),
        (Cost(Decimal("0.01"), Provenance.PARTIAL), "≈$0.01"),
        (Cost(Decimal(0), Provenance.FREE), "free"),
        (Cost(None, Provenance.UNPRICED), "n/a"),
    ],
)
def test_a_cost_says_how_far_it_can_be_trusted(cost, text):
    assert cost_text(cost) == text


def test_a_reply_with_cached_and_reasoning_tokens():
    cost = Cost(Decimal("0.5"), Provenance.REPORTED)
    texts = reply_texts(Figures(Usage(1237, 311, 1024, 256), cost, True, 0.4, 98.4))
    assert texts == {
        "input": "1,237 tokens, 1,024 cached",
        "output": "311 tokens, 256 reasoning",
        "cost": "$0.50",
        "first_token": "0.40 s",
        "speed": "98 tokens/s",
    }


def test_one_token_is_not_plural_and_an_estimate_is_marked():
    texts = reply_texts(Figures(Usage(1, 2), Cost(None, Provenance.UNPRICED)))
    assert (texts["input"], texts["output"], texts["speed"]) == ("≈1 token", "≈2 tokens", "–")


def test_a_conversation_sums_what_is_known_and_counts_what_is_not():
    priced = Cost(Decimal("0.25"), Provenance.REPORTED)
    spent = Spent().plus(Usage(10, 5), priced, True).plus(Usage(1, 1), Cost(None, Provenance.UNPRICED), True)
    assert conversation_texts(spent) == {"conversation_tokens": "17 tokens", "conversation_cost": "$0.25 + 1 n/a"}


@pytest.mark.parametrize(
    ("costs", "text"),
    [
        ((), "–"),
        ((Cost(Decimal(0), Provenance.FREE),), "free"),
        ((Cost(None, Provenance.UNPRICED),), "n/a"),
        ((Cost(Decimal(0), Provenance.FREE), Cost(None, Provenance.UNPRICED)), "free + 1 n/a"),
    ],
)
def test_free_and_unknown_are_never_zero_dollars(costs, text):
    spent = Spent()
    for cost in costs:
        spent = spent.plus(Usage(3, 4), cost, True)
    assert conversation_texts(spent)["conversation_cost"] == text


def test_the_window():
    assert context_texts(3100, 8192) == {"context": "≈3,100 of 8,192 tokens (38%)", "context_share": "0.3784"}
    assert context_texts(12, None)["context"] == "≈12 tokens, window unknown"


def test_a_line_of_figures_breaks_only_between_them_and_leaves_out_what_is_not_known():
    guessed = Figures(Usage(5, 7), Cost(None, Provenance.UNPRICED))
    assert figures_line(reply_texts(guessed)) == "≈7\N{NO-BREAK SPACE}tokens · n/a"
    known = Figures(Usage(5, 1200), Cost(Decimal("0.001"), Provenance.REPORTED), True, 0.25, 48.4)
    line = figures_line(reply_texts(known))
    assert line.replace("\N{NO-BREAK SPACE}", " ") == "1,200 tokens · $0.001 · first token 0.25 s · 48 tokens/s"
