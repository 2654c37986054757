"""Which messages of a conversation fit into a request."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from llm.types import Message

MOST_RESERVED = 4096  # tokens kept free for the reply where nobody set its length: enough for a long answer


class History(Protocol):
    """The messages of a conversation with their ids, (id, message), which are read from the newest on."""

    def __len__(self) -> int: ...
    def __reversed__(self) -> Iterator[tuple[int, Message]]: ...


class MessageCounter(Protocol):
    """What fitting needs of a tokenizer."""

    def count_message(self, message: Message) -> int: ...
    def count_request(self, messages: Sequence[Message]) -> int: ...


@dataclass(frozen=True)
class Context:
    """What a request sends of a conversation; `sent` and `total` count its messages, the system prompt aside."""

    message_ids: tuple[int, ...]
    messages: tuple[Message, ...]  # the system prompt first, if there is one
    sent: int
    total: int
    tokens: int  # estimated, of the whole request
    window: int | None  # tokens

    @property
    def line(self) -> str:
        """The sentence for the user, needed where not all messages are sent."""
        of_window = "" if self.window is None else f" of {self.window:,}"
        return f"sends {self.sent:,} of {self.total:,} messages, ≈{self.tokens:,}{of_window} tokens"


@dataclass(frozen=True, slots=True)
class Room:
    """How much there is room for, in tokens: the model's window, of it the reply, and what the user allows."""

    window: int | None = None
    max_tokens: int | None = None
    limit: int | None = None

    def for_input(self) -> float:
        """The most that a request may have; infinite where nothing is known or set."""
        limit = math.inf if self.limit is None else self.limit
        return limit if self.window is None else min(limit, self.window - _reserve(self.window, self.max_tokens))


def fit(history: History, system_prompt: str | None, room: Room, tokenizer: MessageCounter) -> Context:
    """All of a history of (id, message) if there is room for it, else its newest part that fits.

    Kept free for the reply are `max_tokens` tokens or, where unset, a quarter of the window and at most 4,096. A part
    begins with a user message; the system prompt and all from the newest user message on are sent in any case. It
    fills at least half of the room where that can be: from turn to turn it begins with the same message for as long as
    that will do, since a server need not read again, nor charge in full, what begins as the request before did.
    """
    system = (Message("system", system_prompt),) if system_prompt else ()
    fixed = tokenizer.count_request(system)
    budget = room.for_input() - fixed
    newest, tokens = _newest(history, budget, tokenizer)
    sent = _sent(newest, tokens, len(history), budget)
    kept = newest[:sent][::-1]
    ids = tuple(message_id for message_id, _ in kept)
    messages = system + tuple(message for _, message in kept)
    return Context(ids, messages, sent, len(history), fixed + tokens[sent], room.window)


def _reserve(window: int, max_tokens: int | None) -> int:
    return min(window // 4, MOST_RESERVED) if max_tokens is None else max_tokens


def _newest(history: History, budget: float, tokenizer: MessageCounter) -> tuple[list[tuple[int, Message]], list[int]]:
    """The newest messages, backwards: all that fit, in any case the newest prompt; and the tokens of the first n."""
    newest, tokens, prompted = [], [0], False
    for message_id, message in reversed(history):
        more = tokens[-1] + tokenizer.count_message(message)
        if more > budget and prompted:
            break
        newest.append((message_id, message))
        tokens.append(more)
        prompted = prompted or message.role == "user"
    return newest, tokens


def _sent(newest: Sequence[tuple[int, Message]], tokens: Sequence[int], total: int, budget: float) -> int:
    """How many of the newest messages to send."""
    if len(newest) == total and tokens[-1] <= budget:
        return total
    prompts = [n for n, (_, message) in enumerate(newest, start=1) if message.role == "user"]
    if not prompts:
        return min(len(newest), max(1, bisect_right(tokens, budget) - 1))
    enough = [n for n in reversed(prompts) if budget / 2 <= tokens[n] <= budget]
    return max(enough, key=lambda n: _roundness(total - n), default=prompts[-1])


def _roundness(place: int) -> int:
    """The greatest power of two that divides a place in the history: as that grows, the roundest of the places in
    reach seldom changes, and to find it nothing need be known of what was sent before."""
    return place & -place
