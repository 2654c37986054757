"""The answer to a request as it was recorded, for programs."""

from dataclasses import asdict
from typing import Any

from components.chat.endings import status_of
from components.recipe.recipe import Recipe
from llm.types import Cost, Timing, Usage


def response(recipe: Recipe) -> dict[str, Any]:
    """What is known of the answer. It is no copy of what came over the wire, which is not kept."""
    reply = recipe.reply
    return {
        "text": recipe.text,
        "reasoning": reply.reasoning,
        "status": str(status_of(reply)),
        "finish_reason": reply.finish_reason,
        "failure": reply.failure and asdict(reply.failure),
        "usage": {"reported": _usage(reply.reported), "estimated": _usage(reply.estimated)},
        "cost": reply.cost and _cost(reply.cost),
        "request_id": reply.request_id,
        "echoed": {name: value for name, value in asdict(recipe.echoed).items() if value is not None},
        "timing": _timing(recipe.timing),
    }


def _usage(usage: Usage | None) -> dict[str, int] | None:
    return usage and asdict(usage)


def _cost(cost: Cost) -> dict[str, str | None]:
    return {"usd": None if cost.amount is None else str(cost.amount), "provenance": cost.provenance}


def _timing(timing: Timing) -> dict[str, Any]:
    return {"first_token_seconds": timing.first_token, "duration_seconds": timing.duration}
