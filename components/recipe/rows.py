"""A recipe in words: tables of names and values, every number with its unit."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from components.chat.endings import status_of
from components.figures import count, seconds
from components.recipe.recipe import Recipe
from experiments.factor_words import factor_label, level_text
from llm.money import cost_text, money
from llm.recipes.settings import Set, what_was_set
from llm.replies.live import tokens_per_second
from llm.types import Provenance, UnitPrices, Usage
from llm.words import beginning, counted

NONE, UNKNOWN, NOT_SENT = "–", "not known", "not sent"
_IN_TOKENS = ("max_tokens", "context_limit")
LONGEST_VALUE = 120  # characters
Row = tuple[str, str]
PROVENANCES = {
    Provenance.REPORTED: "the server's token counts at a known price",
    Provenance.ESTIMATED: "our token counts at a known price",
    Provenance.PARTIAL: "the reply was cut: our counts of what arrived",
    Provenance.FREE: "the built-in model's work costs nothing",
    Provenance.UNPRICED: "no price of this model is known at this address",
}
_ECHOED = {"system_fingerprint": "System fingerprint", "service_tier": "Service tier"}


def setting_rows(recipe: Recipe) -> list[dict[str, str]]:
    """What was set, what of it was sent, and what the server said back."""
    rows = [_setting(one, recipe) for one in what_was_set(recipe.reply.settings, recipe.reply.sent)]
    said = asdict(recipe.echoed)
    for name, label in _ECHOED.items():
        if said[name]:
            rows.append(_row(label, NONE, NONE, said[name]))
    return rows


def notes(recipe: Recipe) -> list[str]:
    """Why what was sent is not what was set, a sentence each."""
    if recipe.reply.sent is None:
        return ["No request left for this reply, so nothing of it was sent."]
    told = what_was_set(recipe.reply.settings, recipe.reply.sent)
    return [f"{factor_label(one.name)}: {one.note}" for one in told if one.note]


def _setting(one: Set, recipe: Recipe) -> dict[str, str]:
    echoed = recipe.echoed.model if one.name == "model" else None
    sent = NOT_SENT if one.sent is None else value_text(one.name, one.sent)
    return _row(factor_label(one.name), value_text(one.name, one.set), sent, echoed or NONE)


def _row(setting: str, was_set: str, sent: str, echoed: str) -> dict[str, str]:
    return {"Setting": setting, "Set": was_set, "Sent": sent, "Echoed": beginning(echoed, LONGEST_VALUE)}


def value_text(name: str, value: Any) -> str:
    """What a setting is set to, with its unit; a long text by its beginning."""
    if name in _IN_TOKENS and isinstance(value, int):
        return counted(value, "token")
    if isinstance(value, tuple):
        return ", ".join(f"“{beginning(str(text), LONGEST_VALUE)}”" for text in value)
    return beginning(value if isinstance(value, str) else level_text(value), LONGEST_VALUE)


def token_rows(recipe: Recipe) -> Iterator[Row]:
    """Tokens and money."""
    reply = recipe.reply
    reported, estimated = reply.reported, reply.estimated
    usage = reported or estimated
    if usage is None:
        yield "Tokens", UNKNOWN
    else:
        yield "Input", _tokens(usage.input_tokens, reported, estimated and estimated.input_tokens)
        if usage.cached_tokens:
            yield "– of it cached", count(usage.cached_tokens, reported is None)
        yield "Output", _tokens(usage.output_tokens, reported, estimated and estimated.output_tokens)
        if usage.reasoning_tokens:
            yield "– of it reasoning", count(usage.reasoning_tokens, reported is None)
    if reply.cost is None:
        yield "Cost", UNKNOWN
        return
    yield "Cost", f"{cost_text(reply.cost)} ({PROVENANCES[reply.cost.provenance]})"
    if prices := reply.cost.prices:
        yield "Unit prices", _prices(prices)
        yield "Prices of", f"{prices.date}, {prices.source}"


def _tokens(number: int, reported: Usage | None, ours: int | None) -> str:
    if reported is None:
        return f"{count(number, True)} (our count)"
    counted_here = "" if ours is None else f"; we count ≈{ours:,}"
    return f"{count(number)} (the server's count{counted_here})"


def _prices(prices: UnitPrices) -> str:
    rates: dict[str, Decimal | None] = {"input": prices.input, "cached input": prices.cached, "output": prices.output}
    said = ", ".join(f"{money(rate)} {name}" for name, rate in rates.items() if rate is not None)
    return f"{said}, per million tokens"


def timing_rows(recipe: Recipe) -> Iterator[Row]:
    """When it began, and how long it took."""
    reply, timing = recipe.reply, recipe.timing
    yield "Began", moment_text(reply.started_at)
    known = reply.timing is not None
    first = "no text came" if known and timing.first_token is None else seconds(timing.first_token)
    yield "First text", first if known else UNKNOWN
    yield "Whole reply", seconds(timing.duration) if known else UNKNOWN
    speed = tokens_per_second(reply.usage.output_tokens, timing.first_token, timing.duration)
    if speed is not None:
        yield "Speed", f"{'' if reply.reported else '≈'}{speed:,.0f} tokens/s"
    if timing.chunk_times:
        yield "Arrived in", counted(len(timing.chunk_times), "piece")


def ending_rows(recipe: Recipe) -> Iterator[Row]:
    """How it ended, and what the server calls it."""
    reply, echoed = recipe.reply, recipe.echoed
    yield "Status", status_of(reply).capitalize()
    yield "Finish reason", reply.finish_reason or "none was given"
    if reply.failure:
        yield "What went wrong", reply.failure.sentence
    yield "Request id", reply.request_id or "none was given"
    if echoed.id:
        yield "Answer id", echoed.id
    if echoed.created:
        yield "Server's clock", moment_text(datetime.fromtimestamp(echoed.created, UTC))
    yield "Sent", "never" if reply.sent is None else counted(reply.requests, "time")


def moment_text(moment: datetime) -> str:
    """A moment as it is on the clock of this machine."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
