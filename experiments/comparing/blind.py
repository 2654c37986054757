"""Blind comparisons: the order in which the columns stand, and what votes on them say of their settings."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import combinations

from experiments.comparing.comparison import setting_text
from experiments.reading.votes import Verdict, Vote
from storage.experiments.records import StoredComparison, VotedComparison

NAMES = tuple("ABCDEFGH")  # of the columns, from the left, while nobody knows which they are
ALL_ALIKE = (Verdict.TIE, Verdict.BOTH_BAD)


def shuffled(comparison_id: str, n: int, repetition: int = 0) -> tuple[int, ...]:
    """The n columns from the left, by their places in the setup: the same order whenever a repetition is opened, and
    another for each."""
    seed = f"{comparison_id}/{repetition}" if repetition else comparison_id
    return tuple(sorted(range(n), key=lambda column: sha256(f"{seed}/{column}".encode()).digest()))


def shown_order(comparison: StoredComparison, repetition: int = 0) -> tuple[int, ...]:
    """The columns of a repetition from the left; those of a blind one stay in their places when it is revealed."""
    n = len(comparison.columns)
    return shuffled(comparison.id, n, repetition) if comparison.blind else tuple(range(n))


def verdicts(n: int) -> tuple[str, ...]:
    """What can be said of the replies of n columns: which is the best, that none is, or that all are bad."""
    return (*NAMES[:n], *ALL_ALIKE)


def pairwise(comparisons: Iterable[VotedComparison]) -> Iterator[Vote]:
    """The votes as verdicts on two settings each: the best column beats every other; a draw is one of all pairs."""
    for comparison in comparisons:
        names = [setting_text(settings) for settings in comparison.columns]
        for vote in comparison.votes:
            order = shuffled(comparison.id, len(names), vote.repetition)
            yield from _pairs([names[column] for column in order], vote.verdict)


def _pairs(names: list[str], verdict: str) -> Iterator[Vote]:
    if verdict in ALL_ALIKE:
        yield from (Vote(a, b, Verdict(verdict)) for a, b in combinations(names, 2))
    else:
        best = NAMES.index(verdict)
        yield from (Vote(names[best], other, Verdict.A) for place, other in enumerate(names) if place != best)
