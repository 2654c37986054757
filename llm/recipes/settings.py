"""What was set for a reply, what of it was sent, and why it was not all."""

from dataclasses import dataclass
from typing import Any

from llm.types import Sent, Settings
from llm.wire.requests import SHAPING, sent_parameters

CHOOSES = "It decides which messages go, and is not sent itself."
STANDS_FIRST = "It went as the first message."


@dataclass(frozen=True, slots=True)
class Set:
    """One thing that was set; `sent` is None if it was not, `note` says why, or how it went."""

    name: str
    set: Any
    sent: Any
    note: str = ""


def what_was_set(settings: Settings, sent: Sent | None) -> tuple[Set, ...]:
    """The model and each parameter that was set, in their order; without a request nothing of it was sent."""
    chosen = {"model": settings.model} | settings.parameters.chosen()
    if sent is None:
        return tuple(Set(name, value, None) for name, value in chosen.items())
    left, why = sent_parameters(sent.body), dict(sent.dropped)
    return tuple(_one(name, value, left.get(name), why.get(name, "")) for name, value in chosen.items())


def _one(name: str, value: Any, sent: Any, why: str) -> Set:
    if name == "context_limit":
        return Set(name, value, None, why or CHOOSES)
    if name in SHAPING and not why:
        return Set(name, value, value, STANDS_FIRST)
    return Set(name, value, sent, why)
