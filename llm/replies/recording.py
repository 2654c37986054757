"""What a stored reply wrote, and when: its text and its figures at every moment of its record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from llm.replies.live import Figures, tokens_per_second
from llm.types import Cost, Provenance, Spent, Timing, Usage

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """What one request wrote, its thoughts first, and when; the times are empty where nobody kept them."""

    text: str
    reasoning: str
    timing: Timing
    usage: Usage
    cost: Cost
    reported: bool  # the server itself counted the tokens

    def steps(self) -> Iterator[tuple[float, int]]:
        """Seconds since the request left, and how many characters had arrived by then."""
        return zip(self.timing.chunk_times, self.timing.chunk_ends, strict=False)  # an imported one may have any

    @property
    def whole(self) -> int:
        """Characters of all of it."""
        return len(self.text) + len(self.reasoning)

    def piece(self, start: int, end: int) -> tuple[str, str]:
        """What came between two counts of characters: text and thoughts."""
        thought = len(self.reasoning)
        return self.text[max(0, start - thought) : max(0, end - thought)], self.reasoning[start:end]

    def figures(self, written: int, before: Spent, seconds: float) -> Figures:
        """The meters when so many characters had arrived, with what the requests before this one used."""
        ended = written >= self.whole
        rest = 0 if ended else round(self.usage.output_tokens * (1 - written / self.whole))
        usage = replace(self.usage, output_tokens=self.usage.output_tokens - rest)
        spent = before.plus(usage, self._cost_without(rest), self.reported and not rest)
        first = self.timing.first_token if written else None
        speed = tokens_per_second(usage.output_tokens, first, self.timing.duration if ended else seconds)
        return Figures(spent.usage, spent.charged, not spent.estimated, first, speed)

    def _cost_without(self, tokens: int) -> Cost:
        """The cost before the last so many tokens were written: an estimate."""
        if not tokens or not self.cost.amount or not self.cost.prices or self.cost.prices.output is None:
            return self.cost
        amount = self.cost.amount - tokens * self.cost.prices.output / MILLION
        return replace(self.cost, amount=max(amount, self.cost.amount * 0), provenance=Provenance.ESTIMATED)


def recordings_of(message: Any, chunk_times: Callable[[str], Timing]) -> list[Recording]:
    """What each request of a stored message wrote of its text; of a copy, what wrote its original."""
    replies = message.replies or message.original
    starts = [*(reply.text_start for reply in replies), len(message.text)]
    return [
        Recording(
            message.text[start:end],
            reply.reasoning,
            chunk_times(reply.id),
            reply.usage,
            reply.cost or Cost(None, Provenance.UNPRICED),
            reply.reported is not None,
        )
        for reply, (start, end) in zip(replies, pairwise(starts), strict=True)
    ]
