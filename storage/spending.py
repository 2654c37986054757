"""What was spent: in a conversation to the last digit, since a moment to a millionth of a dollar.

What an ended reply used never changes again. So of those that are settled, which is all before the first that still
streams, the sum is remembered, and each look reads only what came after.
"""

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
CONVERSATIONS_KNOWN = 256
NOTHING = Spent()

FIGURES = """
    SELECT r.sequence, r.input_tokens, r.output_tokens, r.cached_tokens, r.reasoning_tokens,
        r.estimated_input_tokens, r.estimated_output_tokens, r.estimated_cached_tokens, r.estimated_reasoning_tokens,
        r.cost, r.cost_provenance
"""
_ENDED = f"""
    {FIGURES} FROM messages m JOIN replies r ON r.message_id = m.id
    WHERE m.conversation_id = ? AND r.status <> 'streaming'
"""
_ENDED_SINCE = f"""
    {FIGURES} FROM replies r CROSS JOIN messages m ON m.id = r.message_id
    WHERE m.conversation_id = ? AND r.status <> 'streaming' AND r.sequence > ?
"""
_SETTLED = """
    SELECT coalesce((SELECT min(sequence) - 1 FROM replies WHERE status = 'streaming'),
        (SELECT max(sequence) FROM replies), 0)
"""
_OLDER = """
    SELECT total(cost) FROM replies INDEXED BY replies_by_start
    WHERE started_at >= ? AND sequence <= ? AND imported = 0
"""
_NEWER = """
    SELECT total(iif(sequence <= :newest, cost, 0)), total(iif(sequence > :newest, cost, 0)) FROM replies NOT INDEXED
    WHERE started_at >= :start AND sequence > :settled AND status <> 'streaming' AND imported = 0
"""


class SpentIn:
    """What the ended replies of conversations used."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._known: dict[str, tuple[int, Spent]] = {}

    def spent(self, conversation_id: str) -> Spent:
        """The sum over every branch of a conversation; its cost is exact."""
        with self._file.read() as connection:
            newest = connection.execute(_SETTLED).fetchone()[0]
            settled, spent = self._known.get(conversation_id, (0, NOTHING))
            query, values = (_ENDED_SINCE, (conversation_id, settled)) if settled else (_ENDED, (conversation_id,))
            rows = connection.execute(query, values).fetchall()
        if len(self._known) >= CONVERSATIONS_KNOWN:
            self._known.clear()
        spent = sum_of((row for row in rows if row["sequence"] <= newest), spent)
        self._known[conversation_id] = newest, spent
        return sum_of((row for row in rows if row["sequence"] > newest), spent)


class SpendingSince:
    """Known costs of the ended replies that began at a moment or after; over a busy month that is many rows.

    Replies that were imported are left out: what they cost was spent elsewhere.
    """

    def __init__(self, file: DatabaseFile, spent_in: SpentIn) -> None:
        self._file, self._spent_in = file, spent_in
        self._ended: dict[str, tuple[int, float]] = {}

    def spending(self, conversation_id: str | None, day: datetime, month: datetime) -> Spending:
        """The costs of ended replies: in a conversation exactly, since two moments to a millionth of a dollar.

        What still streams is left out: its worst case is held by whoever let it leave, and would count twice.
        """
        here = self._spent_in.spent(conversation_id).cost if conversation_id else Decimal(0)
        with self._file.read() as connection:
            return Spending(here, *(self._since(connection, moment(start)) for start in (day, month)))

    def _since(self, connection: sqlite3.Connection, start: str) -> Decimal:
        known = self._ended.get(start)  # once: another thread may clear them at any moment
        newest = connection.execute(_SETTLED).fetchone()[0]
        if known is None:
            if len(self._ended) >= STARTS_KNOWN:
                self._ended.clear()
            known = newest, connection.execute(_OLDER, (start, newest)).fetchone()[0]
        settled, older = known
        values = {"start": start, "settled": settled, "newest": newest}
        newer, unsettled = connection.execute(_NEWER, values).fetchone()
        self._ended[start] = newest, older + newer
        return Decimal(str(round(older + newer + unsettled, MICRODOLLAR)))


def sum_of(rows: Iterable[Row], spent: Spent = NOTHING) -> Spent:
    """The sum with some more replies: those that used no tokens are left out; one whose use nobody knows counts, as
    unpriced."""
    with localcontext(prec=EXACT_DIGITS):
        for row in rows:
            reported, cost = usage_from(row), amount_from(row)
            usage = reported or usage_from(row, "estimated_")
            if cost.amount or usage is None or usage.input_tokens or usage.output_tokens:
                spent = spent.plus(usage or Usage(), cost, reported is not None)
    return spent
