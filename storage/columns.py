"""Values to columns and back: JSON for parameters and requests, decimal text for money."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from llm.types import (
    Cost,
    Echoed,
    Failure,
    Outcome,
    Parameters,
    Provenance,
    Sent,
    Settings,
    Status,
    Timing,
    UnitPrices,
    Usage,
)
from storage.compact import ids_in, spans, steps, sums
from storage.records import StoredReply

Row = Mapping[str, Any]

LAST = 2**63 - 1  # above every number of a row

_SURROGATE = re.compile("[\ud800-\udfff]")
_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")

# Everything of a reply but its chunk times, which are long, and what was echoed, which stands after them.
REPLY_COLUMNS = """
    r.id AS reply_id, r.message_id, r.text_start, r.requests,
    r.connection, r.model, r.parameters, r.status, r.finish_reason, r.reasoning,
    r.sent, r.context_ids, r.request_hash, r.request_id, r.error_kind, r.error_text, r.error_detail,
    r.input_tokens, r.output_tokens, r.cached_tokens, r.reasoning_tokens,
    r.estimated_input_tokens, r.estimated_output_tokens, r.estimated_cached_tokens, r.estimated_reasoning_tokens,
    r.cost, r.cost_provenance, r.input_price, r.cached_price, r.output_price, r.price_date, r.price_source,
    r.first_token_seconds, r.duration_seconds, r.started_at, r.ended_at
"""


def encodable(text: str) -> str:
    """The text with each lone surrogate as U+FFFD: UTF-8 has no form for it. The length stays."""
    return _SURROGATE.sub("\ufffd", text)


def moment(time: datetime) -> str:
    """A time as UTC ISO 8601 of fixed length, so that such texts compare as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def now() -> str:
    """The present as such a text."""
    return moment(datetime.now(UTC))


def settings_columns(settings: Settings) -> dict[str, str]:
    return {
        "connection": encodable(settings.connection),
        "model": encodable(settings.model),
        "parameters": _json(settings.parameters.chosen()),
    }


def settings_from(row: Row) -> Settings:
    chosen = json.loads(row["parameters"])
    chosen["stop_sequences"] = tuple(chosen.get("stop_sequences", ()))
    return Settings(row["connection"], row["model"], Parameters(**chosen))


def settings_text(several: Sequence[Settings]) -> str:
    """Settings one after the other in one text, as the columns of a comparison are kept."""
    return _json([settings_columns(settings) for settings in several])


def list_of_settings(text: str) -> tuple[Settings, ...]:
    return tuple(settings_from(row) for row in json.loads(text))


def sent_columns(sent: Sent) -> dict[str, str]:
    return {
        "sent": _json({"body": sent.body, "dropped": sent.dropped, "continuation": sent.continuation}),
        "context_ids": spans(sent.message_ids),
        "request_hash": sent.request_hash,
    }


def outcome_columns(outcome: Outcome) -> dict[str, Any]:
    """All that is known at a reply's end, but for its text."""
    failure, timing = outcome.failure, outcome.timing
    return {
        "status": outcome.status,
        "requests": outcome.requests,
        "finish_reason": outcome.finish_reason and encodable(outcome.finish_reason),
        "request_id": outcome.request_id and encodable(outcome.request_id),
        "error_kind": failure and encodable(failure.kind),
        "error_text": failure and encodable(failure.sentence),
        "error_detail": failure and encodable(failure.detail),
        **_usage_columns("", outcome.reported),
        **_usage_columns("estimated_", outcome.estimated),
        **_cost_columns(outcome.cost),
        "first_token_seconds": timing.first_token,
        "duration_seconds": timing.duration,
        "chunk_times": _json([steps(round(t * 1000) for t in timing.chunk_times), steps(timing.chunk_ends)]),
        "echoed": outcome.echoed and _json({k: v for k, v in asdict(outcome.echoed).items() if v is not None}),
        "ended_at": now(),
    }


def estimate_columns(usage: Usage, cost: Cost) -> dict[str, Any]:
    """What a reply that still streams has used so far, by our own count."""
    return _usage_columns("estimated_", usage) | _cost_columns(cost)


def reply_from(row: Row) -> StoredReply:
    return StoredReply(
        id=row["reply_id"],
        message_id=row["message_id"],
        text_start=row["text_start"],
        requests=row["requests"],
        settings=settings_from(row),
        status=Status(row["status"]),
        reasoning=row["reasoning"],
        sent=_sent_from(row),
        finish_reason=row["finish_reason"],
        failure=failure_from(row),
        request_id=row["request_id"],
        reported=usage_from(row),
        estimated=usage_from(row, "estimated_"),
        cost=_cost_from(row),
        timing=Timing(row["first_token_seconds"], row["duration_seconds"]) if row["ended_at"] else None,
        started_at=datetime.fromisoformat(row["started_at"]),
    )


def timing_from(row: Row) -> Timing:
    """The timing with its chunks, their times to the millisecond."""
    times, ends = json.loads(row["chunk_times"]) if row["chunk_times"] else ((), ())
    seconds = tuple(milliseconds / 1000 for milliseconds in sums(times))
    return Timing(row["first_token_seconds"], row["duration_seconds"], seconds, sums(ends))


def echoed_from(text: str | None) -> Echoed | None:
    return None if text is None else Echoed(**json.loads(text))


def failure_from(row: Row) -> Failure | None:
    kind = row["error_kind"]
    return None if kind is None else Failure(kind, row["error_text"], row["error_detail"])


def usage_from(row: Row, prefix: str = "") -> Usage | None:
    counts = [row[prefix + name] for name in _USAGE]
    return None if counts[0] is None else Usage(*counts)


def amount_from(row: Row) -> Cost:
    """The cost of an ended reply without its unit prices."""
    return Cost(_decimal(row["cost"]), Provenance(row["cost_provenance"]))


def _cost_from(row: Row) -> Cost | None:
    if row["cost_provenance"] is None:
        return None
    if row["price_date"] is None:
        return amount_from(row)
    rates = (_decimal(row[name]) for name in ("input_price", "cached_price", "output_price"))
    return replace(amount_from(row), prices=UnitPrices(*rates, row["price_date"], row["price_source"]))


def _sent_from(row: Row) -> Sent | None:
    if row["sent"] is None:
        return None
    stored = json.loads(row["sent"])
    dropped = tuple((name, reason) for name, reason in stored["dropped"])
    ids, continuation = ids_in(row["context_ids"]), stored.get("continuation")
    return Sent(stored["body"], ids, row["request_hash"], dropped, continuation)


def _usage_columns(prefix: str, usage: Usage | None) -> dict[str, int | None]:
    return {prefix + name: usage and getattr(usage, name) for name in _USAGE}


def _cost_columns(cost: Cost) -> dict[str, str | None]:
    prices = cost.prices
    return {
        "cost": _text(cost.amount),
        "cost_provenance": cost.provenance,
        "input_price": _text(prices and prices.input),
        "cached_price": _text(prices and prices.cached),
        "output_price": _text(prices and prices.output),
        "price_date": prices and prices.date,
        "price_source": prices and prices.source,
    }


def _json(value: Any) -> str:
    return encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
