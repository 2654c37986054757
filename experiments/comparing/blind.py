"""Blind comparisons: the order in which the columns stand, and what votes on them say of their settings."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import combinations

from experiments.comparing.comparison import setting_text
from experiments.reading.votes import Verdict, Vote
from storage.records import StoredComparison, VotedComparison

NAMES = tuple("ABCDEFGH")  # of the columns, from the left, while nobody knows which they are
ALL_ALIKE = (Verdict.TIE, Verdict.BOTH_BAD)


def shuffled(comparison_id: str, n: int) -> tuple[int, ...]:
    """The n columns from the left, by their places in the setup: the same order whenever a comparison is opened."""
    return tuple(sorted(range(n), key=lambda column: sha256(f"{comparison_id}/{column}".encode()).digest()))


def shown_order(comparison: StoredComparison) -> tuple[int, ...]:
    """The columns of a comparison from the left; those of a blind one stay in their places when it is revealed."""
    n = len(comparison.columns)
    return shuffled(comparison.id, n) if comparison.blind else tuple(range(n))


def shown_name(comparison: StoredComparison, column: int) -> str:
    """What a column is called: by its letter while the columns are hidden, else by its number."""
    if comparison.hidden:
        return f"Column {NAMES[shown_order(comparison).index(column)]}"
    return f"Column {column + 1}"


def verdicts(n: int) -> tuple[str, ...]:
    """What can be said of the replies of n columns: which is the best, that none is, or that all are bad."""
    return (*NAMES[:n], *ALL_ALIKE)


def pairwise(comparisons: Iterable[VotedComparison]) -> Iterator[Vote]:
    """The votes as verdicts on two settings each: the best column beats every other; a draw is one of all pairs."""
    for comparison in comparisons:
        order = shuffled(comparison.id, len(comparison.columns))
        names = [setting_text(comparison.columns[column]) for column in order]
        for vote in comparison.votes:
            yield from _pairs(names, vote.verdict)


def _pairs(names: list[str], verdict: str) -> Iterator[Vote]:
    if verdict in ALL_ALIKE:
        yield from (Vote(a, b, Verdict(verdict)) for a, b in combinations(names, 2))
    else:
        best = NAMES.index(verdict)
        yield from (Vote(names[best], other, Verdict.A) for place, other in enumerate(names) if place != best)
