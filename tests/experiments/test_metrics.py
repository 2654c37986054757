"""What is measured of a reply: each figure known from plain values, Chinese replies too."""

from decimal import Decimal

import pytest

from experiments.reading.metrics import METRICS, MeasuredReply, distinct, measure, similarity
from llm.types import Cost, Provenance, Status, Timing, Usage

COST = Cost(Decimal("0.0125"), Provenance.REPORTED)


def reply(text="天气很好，天气很好", status=Status.COMPLETE, finish_reason="stop", cost=COST, **others):
    timing = Timing(first_token=0.5, duration=2.5)
    return MeasuredReply(text, status, finish_reason, Usage(20, 100, 0, 30), cost, timing, **others)


def test_every_metric_of_a_reply():
    assert measure(reply(passed=(True, True, False, True), judge_score=4.0), tokenize=list) == {
        "check_pass_rate": 0.75,
        "judge_score": 4.0,
        "cost": 0.0125,
        "output_tokens": 100.0,
        "first_token": 0.5,
        "tokens_per_second": 50.0,
        "truncated": 0.0,
        "distinct_1": pytest.approx(5 / 9),
        "distinct_2": pytest.approx(5 / 8),
        "similarity": None,  # of a whole cell
    }


def test_a_reply_that_a_limit_ended_is_truncated():
    assert measure(reply(finish_reason="length"), list)["truncated"] == 1


def test_what_does_not_apply_is_none_and_not_zero():
    bare = MeasuredReply("", Status.COMPLETE, None, Usage(), Cost(None, Provenance.UNPRICED), None)
    figures = measure(bare, list)
    assert {name for name, value in figures.items() if value is not None} == {"output_tokens", "truncated"}


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.COMPLETE])
def test_a_reply_that_did_not_complete_counts_by_its_cost_alone(status):
    figures = measure(reply(status=status, passed=(False,), judge_score=1.0), list)
    assert {name: value for name, value in figures.items() if value is not None} == {"cost": 0.0125}


def test_a_free_reply_costs_nothing_and_an_unpriced_one_is_not_known():
    assert measure(reply(cost=Cost(Decimal(0), Provenance.FREE)), list)["cost"] == 0
    assert measure(reply(cost=Cost(None, Provenance.UNPRICED)), list)["cost"] is None
    assert measure(reply(cost=None), list)["cost"] is None


@pytest.mark.parametrize(
    ("text", "n", "share"),
    [
        ("abab", 1, 0.5),
        ("abab", 2, 2 / 3),
        ("好好好好", 1, 0.25),
        ("春眠不觉晓", 2, 1.0),
        ("a", 2, None),
        ("", 1, None),
    ],
)
def test_distinct_runs(text, n, share):
    assert distinct(text, n) == (None if share is None else pytest.approx(share))


def test_similarity_is_the_mean_over_pairs():
    assert similarity(["今天天气很好"] * 3) == 1
    assert similarity(["abcd", "abcd", "wxyz"]) == pytest.approx(1 / 3)
    assert similarity(["今天很好", "今天不好"]) == pytest.approx(0.75)  # one of four characters removed, one added
    assert similarity(["一个人说"]) is None
    assert similarity([]) is None


def test_figures_are_written_with_their_unit():
    written = {"check_pass_rate": "50%", "cost": "$0.50", "first_token": "0.50 s", "distinct_2": "0.50"}
    assert {name: METRICS[name].text(0.5) for name in written} == written
    assert METRICS["output_tokens"].text(1234.0) == "1,234"
    assert METRICS["cost"].text(-0.0000125) == "-$0.000013"
    assert METRICS["truncated"].text(-0.001) == "0%"


def test_a_difference_in_cost_too_small_to_be_written_says_on_which_side_of_nothing_it_is():
    words = METRICS["cost"].text
    assert [words(value) for value in (1e-7, -1e-7, -0.0125)] == ["<$0.000001", ">-$0.000001", "-$0.0125"]
