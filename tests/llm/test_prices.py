"""Prices: whose they are, that they are genai-prices' own, and that what is not known is never 0."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from hypothesis import given
from hypothesis import strategies as st

from llm.models.prices import FREE, UNPRICED, price, unit_prices
from llm.types import Cost, Provenance, Usage

OPENAI, LOOPBACK = "https://api.openai.com/v1", "http://127.0.0.1:8080/v1"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
USAGE = Usage(input_tokens=10_000, output_tokens=500, cached_tokens=4_000, reasoning_tokens=300)


def cost_of(model: str, base_url: str = OPENAI, usage: Usage = USAGE, at: datetime = NOON) -> Cost:
    return price(usage, model, base_url, at, Provenance.REPORTED)


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("gpt-4o-mini", OPENAI),
        ("gpt-5", OPENAI),  # reasons
        ("claude-sonnet-4-5", "https://api.anthropic.com/v1"),
        ("llama-3.1-8b-instant", "https://api.groq.com/openai/v1"),
        ("anthropic/claude-sonnet-4.5", "https://openrouter.ai/api/v1"),
        ("gpt-4o", "https://acme.openai.azure.com/openai/v1"),
    ],
)
def test_a_known_address_has_its_own_price(model, base_url):
    counts = PricedUsage(input_tokens=10_000, output_tokens=500, cache_read_tokens=4_000)
    expected = calc_price(counts, model, provider_api_url=base_url, genai_request_timestamp=NOON)
    cost = cost_of(model, base_url)
    assert cost.amount == expected.total_price > 0
    assert cost.provenance is Provenance.REPORTED
    assert cost.prices.source.startswith(f"{expected.provider.name} via genai-prices ")


def test_the_amount_follows_from_the_unit_prices():
    cost = cost_of("gpt-4o-mini")
    rates = cost.prices
    assert (rates.input, rates.cached, rates.output) == (Decimal("0.15"), Decimal("0.075"), Decimal("0.6"))
    assert cost.amount == (6_000 * rates.input + 4_000 * rates.cached + 500 * rates.output) / 1_000_000
    assert rates.date == "2026-11-20"


def test_reasoning_tokens_are_not_paid_twice():
    silent = Usage(input_tokens=10_000, output_tokens=500, cached_tokens=4_000)
    assert cost_of("gpt-5").amount == cost_of("gpt-5", usage=silent).amount


def test_a_separate_price_of_reasoning_holds():
    usage = Usage(input_tokens=0, output_tokens=500, reasoning_tokens=300)
    cost = cost_of("sonar-deep-research", "https://api.perplexity.ai", usage)
    expected = PricedUsage(input_tokens=0, output_tokens=500, output_reasoning_tokens=300)
    assert cost.amount == calc_price(expected, "sonar-deep-research", provider_id="perplexity").total_price


@pytest.mark.parametrize(
    ("day", "rates"),
    [(datetime(2025, 6, 9, tzinfo=UTC), ("10", "40")), (datetime(2025, 6, 10, tzinfo=UTC), ("2", "8"))],
)
def test_the_price_is_that_of_the_request_s_own_day(day, rates):
    found = cost_of("o3", at=day).prices
    assert (found.input, found.output) == tuple(map(Decimal, rates))


def test_a_day_is_a_day_in_utc():
    evening = datetime(2025, 6, 9, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert cost_of("o3", at=evening).prices.date == "2025-06-10"
    assert cost_of("o3", at=evening).prices.input == 2


def test_a_tier_s_price_holds_for_the_whole_request():
    small, large = (Usage(input_tokens=n, output_tokens=10) for n in (200_000, 200_001))
    google = "https://generativelanguage.googleapis.com/v1beta/openai"
    below, above = (cost_of("gemini-2.5-pro", google, usage) for usage in (small, large))
    assert below.prices.input < above.prices.input
    for cost, usage in ((below, small), (above, large)):
        expected = (usage.input_tokens * cost.prices.input + 10 * cost.prices.output) / 1_000_000
        assert cost.amount == expected


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("gpt-4o-mini", "OpenAI"),
        ("openai/gpt-5", "OpenAI"),
        ("o3", "OpenAI"),
        ("chatgpt-4o-latest", "OpenAI"),
        ("anthropic/claude-sonnet-4.5", "Anthropic"),
        ("gemini-2.5-pro", "Google"),
        ("x-ai/grok-4.5", "X AI"),
    ],
)
@pytest.mark.parametrize("base_url", [LOOPBACK, "https://gateway.example.org/v1", ""])
def test_elsewhere_a_closed_model_has_its_maker_s_list_price(model, maker, base_url):
    cost = cost_of(model, base_url)
    assert cost.amount > 0
    assert cost.prices.source.startswith(f"{maker}'s list price")


@pytest.mark.parametrize(
    "model",
    [
        "gpt-oss-120b",
        "openai/gpt-oss-20b",
        "gpt-2",
        "gpt-neox-20b",
        "xai-org/grok-2",
        "llama-3.1-8b-instant",
        "deepseek-chat",
        "mistral-large-latest",
        "gemma-3-27b-it",
        "reedmayhew/claude-3.7-sonnet-reasoning-gemma3-12b",
        "claude-3-5-sonnet-distill.Q4_K_M.gguf",
        "通义千问-7b",
    ],
)
def test_a_model_that_anyone_may_run_never_has_another_s_price(model):
    assert cost_of(model, LOOPBACK) == UNPRICED
    assert unit_prices(model, LOOPBACK, NOON) is None


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("gpt-99", OPENAI),
        ("通义千问", OPENAI),
        ("", OPENAI),
        ("gpt-99", LOOPBACK),
        ("gpt-5", "https://api.groq.com/openai/v1"),  # not sold there
        ("gpt-4o-mini", "https://api.githubcopilot.com"),  # within a subscription
    ],
)
def test_what_is_not_known_is_unpriced_and_never_zero(model, base_url):
    assert cost_of(model, base_url) == Cost(None, Provenance.UNPRICED)
    assert unit_prices(model, base_url, NOON) is None


def test_a_fine_tuned_model_has_its_own_price():
    assert cost_of("ft:gpt-4o-mini-2024-07-18:acme::x", LOOPBACK).prices.input == Decimal("0.3")


def test_prices_before_a_request_are_those_of_a_small_one():
    assert unit_prices("o3", OPENAI, NOON) == cost_of("o3").prices


def test_the_built_in_model_is_free():
    assert Cost(Decimal(0), Provenance.FREE) == FREE


def test_more_cached_tokens_than_input_count_as_all_cached():
    odd, whole = Usage(input_tokens=100, cached_tokens=700), Usage(input_tokens=100, cached_tokens=100)
    assert cost_of("gpt-4o-mini", usage=odd) == cost_of("gpt-4o-mini", usage=whole)


@given(
    st.builds(Usage, *[st.integers(0, 10**9)] * 4),
    st.text() | st.sampled_from(["gpt-5", "claude-opus-5", "o3", "gemini-2.5-pro", "grok-4.5", "sonar-deep-research"]),
    st.text() | st.sampled_from([OPENAI, LOOPBACK, "https://api.perplexity.ai", "https://openrouter.ai/api/v1"]),
    st.datetimes(timezones=st.none() | st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),
)
def test_no_usage_name_or_address_raises(usage, model, base_url, at):
    cost = price(usage, model, base_url, at, Provenance.ESTIMATED)
    assert (cost.amount is None) == (cost.provenance is Provenance.UNPRICED) == (cost.prices is None)
