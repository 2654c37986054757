"""Votes: which of the replies that stood side by side was the best, said while nobody could see whose they were."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from storage.columns import Row, encodable, list_of_settings, now
from storage.errors import ComparisonGone, NotBlind
from storage.experiments.records import StoredVote, VotedComparison
from storage.file.database import DatabaseFile

if TYPE_CHECKING:
    from sqlite_utils import Database

_CAST = """
    INSERT INTO votes (comparison_id, turn, repetition, verdict, voted_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET verdict = excluded.verdict, voted_at = excluded.voted_at
"""
_OF = "SELECT comparison_id, turn, repetition, verdict FROM votes WHERE comparison_id = ? ORDER BY turn, repetition"
_REVEALED = """
    SELECT v.comparison_id, v.turn, v.repetition, v.verdict, k.columns
    FROM comparisons k JOIN votes v ON v.comparison_id = k.id
    WHERE k.deleted_at IS NULL AND k.revealed ORDER BY k.sequence, v.turn, v.repetition
"""


class Votes:
    """Votes on blind comparisons, by comparison, turn and repetition."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def cast(self, comparison_id: str, turn: int, repetition: int, verdict: str) -> None:
        """Keeps a verdict, in place of an earlier one on the same replies.

        Raises ComparisonGone, or NotBlind if everybody can see which column is which.
        """
        with self._file.write() as database:
            _refuse_seeing(database, comparison_id)
            database.execute(_CAST, (comparison_id, turn, repetition, encodable(verdict), now()))

    def of(self, comparison_id: str) -> list[StoredVote]:
        """The votes on a comparison, in the order of its turns."""
        with self._file.read() as connection:
            return [StoredVote(*row) for row in connection.execute(_OF, (encodable(comparison_id),))]

    def revealed(self) -> list[VotedComparison]:
        """The votes on all comparisons that are revealed, the oldest first; others would tell what is hidden."""
        with self._file.read() as connection:
            rows = connection.execute(_REVEALED).fetchall()
        return [_voted(list(same)) for _, same in groupby(rows, itemgetter("comparison_id"))]


def _refuse_seeing(database: Database, comparison_id: str) -> None:
    query = "SELECT blind AND NOT revealed FROM comparisons WHERE id = ? AND deleted_at IS NULL"
    row = database.execute(query, (encodable(comparison_id),)).fetchone()
    if row is None:
        raise ComparisonGone
    if not row[0]:
        raise NotBlind


def _voted(rows: Sequence[Row]) -> VotedComparison:
    first = rows[0]
    votes = tuple(StoredVote(*row[:4]) for row in rows)
    return VotedComparison(first["comparison_id"], list_of_settings(first["columns"]), votes)
