"""A rerun beside its original: each turn's two replies, and what the new one took more or less."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from llm.types import Spent
from storage.records import StoredMessage, StoredReply


@dataclass(frozen=True, slots=True)
class ReranTurn:
    """A prompt with the reply that it had and the one that it has now; None where there is none. Counts from 0."""

    turn: int
    prompt: StoredMessage
    original: StoredMessage | None
    new: StoredMessage | None


@dataclass(frozen=True, slots=True)
class Change:
    """What the new replies took more than the original ones, or less; None where that is not known."""

    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None  # US dollars
    seconds: float | None
    estimated: bool = False  # some count or cost is an estimate


def change(original: Spent, new: Spent, seconds: tuple[float | None, float | None] = (None, None)) -> Change:
    """The difference of two sums, and of the seconds that they took."""
    then, now = seconds
    took = None if then is None or now is None else now - then
    if not (original.replies and new.replies):
        return Change(None, None, None, took)
    known = not (original.unpriced or new.unpriced)
    return Change(
        new.usage.input_tokens - original.usage.input_tokens,
        new.usage.output_tokens - original.usage.output_tokens,
        new.cost - original.cost if known else None,
        took,
        original.estimated or new.estimated,
    )


def change_of(turn: ReranTurn) -> Change | None:
    """The change in one turn; None if it has not both replies, or nothing is known of one of them."""
    if not (turn.original and turn.new):
        return None
    pairs = turn.original.replies or turn.original.original, turn.new.replies
    return change(*map(_spent, pairs), tuple(map(_seconds, pairs))) if all(pairs) else None


def _spent(replies: Iterable[StoredReply]) -> Spent:
    spent = Spent()
    for reply in replies:
        if reply.cost and reply.usage.input_tokens:
            spent = spent.plus(reply.usage, reply.cost, reply.reported is not None)
    return spent


def _seconds(replies: Sequence[StoredReply]) -> float | None:
    known = [reply.timing.duration for reply in replies if reply.timing and reply.timing.duration is not None]
    return sum(known) if known else None
