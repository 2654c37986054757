"""What was spent: in a conversation to the last digit, since a moment quickly."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, localcontext

from llm.types import Spending, Spent, Usage
from storage.columns import Row, amount_from, moment, usage_from
from storage.file.database import DatabaseFile

EXACT_DIGITS = 100  # of a sum of costs; the default, 28, could round
MICRODOLLAR = 6  # digits of a sum of floats that hold, be it of a million replies
STARTS_KNOWN = 8

_COSTS = """
    SELECT r.cost FROM messages m JOIN replies r ON r.message_id = m.id
    WHERE m.conversation_id = ? AND r.cost IS NOT NULL AND r.status <> 'streaming'
"""
_SETTLED = """
    SELECT coalesce((SELECT min(sequence) - 1 FROM replies WHERE status = 'streaming'),
        (SELECT max(sequence) FROM replies), 0)
"""
_OLDER = "SELECT total(cost) FROM replies INDEXED BY replies_by_start WHERE started_at >= ? AND sequence <= ?"
_NEWER = """
    SELECT total(cost) FROM replies NOT INDEXED WHERE started_at >= ? AND sequence > ? AND status <> 'streaming'
"""


class SpendingSince:
    """Known costs of the ended replies that began at a moment or after.

    The sum over a busy month takes SQLite some 15 ms, too much for every look at a budget. So what had ended when a
    moment was first asked for is summed once: its cost never changes again.
    """

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._ended: dict[str, tuple[int, float]] = {}

    def spending(self, conversation_id: str | None, day: datetime, month: datetime) -> Spending:
        """The costs of ended replies: in a conversation exactly, since two moments to a millionth of a dollar.

        What still streams is left out: its worst case is held by whoever let it leave, and would count twice.
        """
        with self._file.read() as connection:
            rows = connection.execute(_COSTS, (conversation_id,)).fetchall()
            since = [self._since(connection, moment(start)) for start in (day, month)]
        with localcontext(prec=EXACT_DIGITS):
            return Spending(sum((Decimal(row["cost"]) for row in rows), Decimal(0)), *since)

    def _since(self, connection: sqlite3.Connection, start: str) -> Decimal:
        known = self._ended.get(start)  # once: another thread may clear them at any moment
        if known is None:
            if len(self._ended) >= STARTS_KNOWN:
                self._ended.clear()
            settled = connection.execute(_SETTLED).fetchone()[0]
            known = self._ended[start] = settled, connection.execute(_OLDER, (start, settled)).fetchone()[0]
        settled, older = known
        newer = connection.execute(_NEWER, (start, settled)).fetchone()[0]
        return Decimal(str(round(older + newer, MICRODOLLAR)))


def sum_of(rows: Iterable[Row]) -> Spent:
    """Replies that used no tokens are left out; one whose use nobody knows counts, as unpriced."""
    spent = Spent()
    with localcontext(prec=EXACT_DIGITS):
        for row in rows:
            reported, cost = usage_from(row), amount_from(row)
            usage = reported or usage_from(row, "estimated_")
            if cost.amount or usage is None or usage.input_tokens or usage.output_tokens:
                spent = spent.plus(usage or Usage(), cost, reported is not None)
    return spent
