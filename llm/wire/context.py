"""Which messages of a conversation fit into a request."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from llm.types import Message

MOST_RESERVED = 4096  # tokens kept free for the reply where nobody set its length: enough for a long answer


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


def fit(
    history: Sequence[tuple[int, Message]], system_prompt: str | None, room: Room, tokenizer: MessageCounter
) -> Context:
    """All of a history of (id, message) if there is room for it, else its newest part that fits.

    Kept free for the reply are `max_tokens` tokens or, where unset, a quarter of the window and at most 4,096. A part
    begins with a user message; the system prompt and all from the newest user message on are sent in any case.
    """
    system = (Message("system", system_prompt),) if system_prompt else ()
    fixed = tokenizer.count_request(system)
    sizes = [tokenizer.count_message(message) for _, message in history]
    start = _start(history, sizes, room.for_input() - fixed)
    kept = history[start:]
    ids = tuple(message_id for message_id, _ in kept)
    messages = system + tuple(message for _, message in kept)
    return Context(ids, messages, len(kept), len(history), fixed + sum(sizes[start:]), room.window)


def _reserve(window: int, max_tokens: int | None) -> int:
    return min(window // 4, MOST_RESERVED) if max_tokens is None else max_tokens


def _start(history: Sequence[tuple[int, Message]], sizes: Sequence[int], budget: float) -> int:
    """The index of the first message to send."""
    if not sizes or sum(sizes) <= budget:
        return 0
    start = len(sizes)
    while sizes[start - 1] <= budget:
        start -= 1
        budget -= sizes[start]
    prompts = [index for index, (_, message) in enumerate(history) if message.role == "user"]
    if not prompts:
        return min(start, len(sizes) - 1)
    return next((index for index in prompts if index >= start), prompts[-1])
