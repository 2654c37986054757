"""What a smaller max_tokens would have cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from experiments.reading.results import Result
from experiments.reading.statistics.intervals import Interval, wilson
from llm.types import Status, Usage

LIMITS = 24  # on a line


@dataclass(frozen=True, slots=True)
class Length:
    """How long a complete reply was, and whether a limit ended it: then it would have been longer."""

    usage: Usage
    truncated: bool  # its finish reason was "length"
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class CutShare:
    """How many of the replies a limit would have cut; `unknown` are those that a smaller one had cut before.

    `share` and its interval are None where nothing is known.
    """

    max_tokens: int
    cut: int
    n: int
    unknown: int

    @property
    def share(self) -> float | None:
        return self.cut / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.cut, self.n) if self.n else None


def lengths(rows: Iterable[Result]) -> list[Length]:
    """The lengths of the complete replies, those left out for which no token was counted."""
    runs = (row.run for row in rows if row.run.status is Status.COMPLETE and row.run.usage.output_tokens)
    return [Length(run.usage, run.finish_reason == "length", run.reported is None) for run in runs]


def cut_shares(lengths: Sequence[Length], limits: Iterable[int], reasoning_counts: bool = True) -> list[CutShare]:
    """For each limit what share of these replies it would have cut.

    `reasoning_counts`: the limit covers reasoning too, as OpenAI's max_completion_tokens does; else only the text.
    """
    sizes = [(_tokens(length.usage, reasoning_counts), length.truncated) for length in lengths]
    return [_cut_share(sizes, limit) for limit in limits]


def limits_up_to(longest: int) -> list[int]:
    """Limits that show how the share falls, as evenly spaced as whole tokens are."""
    return sorted({max(1, longest * step // LIMITS) for step in range(1, LIMITS + 1)})


def _tokens(usage: Usage, reasoning_counts: bool) -> int:
    return usage.output_tokens - (0 if reasoning_counts else usage.reasoning_tokens)


def _cut_share(sizes: Sequence[tuple[int, bool]], limit: int) -> CutShare:
    # A reply that was cut at 100 tokens would have been cut at 100 and at fewer; at 101 nobody knows.
    unknown = sum(truncated and tokens < limit for tokens, truncated in sizes)
    cut = sum(tokens > limit or (truncated and tokens == limit) for tokens, truncated in sizes)
    return CutShare(limit, cut, len(sizes) - unknown, unknown)
