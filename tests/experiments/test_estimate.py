"""What an experiment will take: ranges that hold, money in decimals, and what nobody can know is said."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.cells import cells, runs
from experiments.checks.judge import Judge
from experiments.estimate import ENOUGH, Estimate, Past, Span, estimate
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.plan import Plan
from llm.models import prices
from llm.models.tokens import tokenizer_for
from llm.replies.ledger import LONGEST_REPLY
from llm.servers.connections import Connection
from llm.types import Message, Parameters, Provenance, Settings, Usage

CONNECTIONS = {
    "OpenAI": Connection("OpenAI", "https://api.openai.com/v1", "sk-0123456789"),
    "家里": Connection("家里", "http://127.0.0.1:8080/v1", ""),
    "Built-in": Connection("Built-in", "http://127.0.0.1:1/v1", "", built_in=True),
}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINI = Settings("OpenAI", "gpt-4o-mini", Parameters(max_tokens=100))
PLAN = Plan("天气", ("北京天气如何？",), MINI, repetitions=10)
KEY = ("OpenAI", "gpt-4o-mini")


def of(plan, past=None, skipped=0) -> Estimate:
    to_send = [run.cell for run in runs(cells(plan), plan.repetitions)][skipped:]
    return estimate(plan, to_send, lambda name: CONNECTIONS.get(name, CONNECTIONS["OpenAI"]), past or {}, NOON)


def priced(usage, times=1):
    return times * prices.cost(usage, "gpt-4o-mini", CONNECTIONS["OpenAI"], NOON, Provenance.ESTIMATED).amount


def test_input_is_counted_and_output_taken_from_past_replies():
    bill = of(PLAN, {KEY: Past([10, 20, 30, 40, 50])}).replies
    tokens = tokenizer_for("gpt-4o-mini", False).count_request([Message("user", "北京天气如何？")])
    assert bill.input_tokens == Span(10 * tokens, 10 * tokens, 10 * tokens)
    assert bill.output_tokens == Span(120, 300, 480)  # 5th percentile, mean, 95th, of each of ten
    assert bill.cost == Span(*(priced(Usage(tokens, n), 10) for n in (12, 30, 48)))
    assert isinstance(bill.cost.likely, Decimal)
    assert (bill.requests, bill.unpriced, bill.guessed) == (10, (), ())


def test_no_reply_is_longer_than_max_tokens():
    assert of(PLAN, {KEY: Past([5_000] * 9)}).replies.output_tokens == Span(1_000, 1_000, 1_000)


def test_with_few_replies_known_the_longest_possible_one_is_high():
    assert of(PLAN, {KEY: Past([10] * (ENOUGH - 1))}).replies.output_tokens == Span(100, 100, 1_000)
    assert of(PLAN, {KEY: Past([10] * ENOUGH)}).replies.output_tokens == Span(100, 100, 100)


def test_with_none_known_the_range_is_a_guess_and_says_so():
    bill = of(PLAN).replies
    assert (bill.output_tokens, bill.guessed) == (Span(200, 1_000, 1_000), ("gpt-4o-mini",))
    unset = replace(PLAN, settings=Settings(*KEY))
    assert of(unset).replies.output_tokens == Span(200, 4_000, 10 * 16_384)  # what the model can write
    unknown = replace(PLAN, settings=Settings("家里", "不知道"))
    assert of(unknown).replies.output_tokens.high == 10 * LONGEST_REPLY
    thinking = replace(PLAN, settings=Settings("OpenAI", "gpt-5"))
    assert of(thinking).replies.output_tokens.likely == 20_000


def test_only_what_is_still_to_be_sent_is_counted():
    plan = replace(PLAN, factors=(Factor("temperature", (0.0, 1.0)),))
    whole, rest, nothing = (of(plan, {KEY: Past([10], [2.0])}, skipped) for skipped in (0, 15, 20))
    assert [e.replies.requests for e in (whole, rest, nothing)] == [20, 5, 0]
    assert rest.replies.cost.likely * 4 == whole.replies.cost.likely > 0
    assert (nothing.replies.cost, nothing.seconds) == (Span(0, 0, 0), Span(0, 0, 0))


def test_a_price_that_is_not_known_is_named_and_what_is_free_costs_nothing():
    models = ("gpt-4o-mini", "通义 @ 家里", "SmolLM2-135M-Instruct @ Built-in")
    bill = of(replace(PLAN, factors=(Factor("model", models),))).replies
    assert bill.unpriced == ("通义",)
    assert bill.cost == of(PLAN).replies.cost


def test_judging_is_counted_apart_and_reads_what_is_written():
    judge = Judge(Settings("OpenAI", "gpt-4o", Parameters(max_tokens=200)), "准确吗？")
    plain, judged = of(PLAN), of(replace(PLAN, judge=judge))
    assert plain.judging is None
    assert judged.replies == plain.replies
    assert judged.judging.requests == 10
    asked = judged.judging.input_tokens
    assert asked.high - asked.low == plain.replies.output_tokens.high - plain.replies.output_tokens.low
    assert judged.judging.output_tokens == Span(200, 1_500, 2_000)
    assert judged.judging.cost.likely > judged.replies.cost.likely


@pytest.mark.parametrize(
    ("concurrency", "requests_per_minute", "seconds"), [(1, None, 20.0), (4, None, 5.0), (50, None, 2.0), (4, 30, 20.0)]
)
def test_time_goes_by_past_replies_at_the_chosen_pace(concurrency, requests_per_minute, seconds):
    plan = replace(PLAN, concurrency=concurrency, requests_per_minute=requests_per_minute)
    assert of(plan, {KEY: Past([10], [1.0, 3.0])}).seconds.likely == seconds


def test_nobody_can_tell_the_time_of_a_model_that_was_never_asked():
    factors = (Factor("model", ("gpt-4o-mini", "gpt-4o")),)
    assert of(replace(PLAN, factors=factors), {KEY: Past([10], [2.0])}).seconds is None


@given(
    tokens=st.lists(st.integers(0, 10**6)),
    seconds=st.lists(st.floats(0.01, 1e4), min_size=1),
    most=st.none() | st.integers(1, 10**5),
)
def test_low_likely_and_high_stand_in_their_order(tokens, seconds, most):
    plan = replace(PLAN, settings=replace(MINI, parameters=Parameters(max_tokens=most)), judge=Judge(MINI, "好吗？"))
    found = of(plan, {KEY: Past(tokens, seconds)})
    for bill in (found.replies, found.judging):
        for span in (bill.input_tokens, bill.output_tokens, bill.cost):
            assert 0 <= span.low <= span.likely <= span.high
    assert found.replies.output_tokens.high <= 10 * min(most or 16_384, 16_384)
    assert 0 < found.seconds.low <= found.seconds.likely <= found.seconds.high


def test_a_connection_that_is_not_there_is_named():
    with pytest.raises(FieldProblem, match="The connection 公司 is not there"):
        of(replace(PLAN, settings=replace(MINI, connection="公司")))
