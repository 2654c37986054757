"""Conversations on their way: read whole, one at a time, and the beginning of an arrival."""

import json
import sqlite3
from collections.abc import Iterable, Iterator

from storage.chats.growing import CHAT
from storage.columns import Row, encodable
from storage.exchange.arrival import Arrival
from storage.exchange.schema import CONVERSATION, IN_JSON, PARTS, Record, Table
from storage.file.database import DatabaseFile

_SHOWN = f"deleted_at IS NULL AND purpose = '{CHAT}' AND leaf_id IS NOT NULL"
_ALL = f"SELECT id FROM conversations WHERE {_SHOWN} ORDER BY activity"


def _select(table: Table, further: str = "") -> str:
    names = ", ".join(column.name for column in table.columns)
    return f"SELECT {names} FROM {table.name} WHERE {table.of_conversation}{further} ORDER BY {table.order}"


_CONVERSATION = _select(CONVERSATION, f" AND {_SHOWN}")
_PARTS = {table: _select(table) for table in PARTS}


class Exchange:
    """Chats with everything that belongs to them; keys are stored nowhere, so there is none in what this gives."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def arrival(self) -> Arrival:
        """What takes in conversations from elsewhere."""
        return Arrival(self._file)

    def ids(self) -> list[str]:
        """Every chat, the one that was used last at the end."""
        with self._file.read() as connection:
            return [id_ for (id_,) in connection.execute(_ALL)]

    def records(self, ids: Iterable[str]) -> Iterator[Record]:
        """The records of these chats, each read when it is asked for; one that was deleted is left out."""
        return (record for id_ in ids if (record := self.record(id_)))

    def record(self, conversation_id: str) -> Record | None:
        """All that belongs to a chat, as it is at one moment; None if there is no such chat."""
        with self._file.read() as connection:
            connection.execute("BEGIN")
            try:
                return _record(connection, encodable(conversation_id))
            finally:
                connection.execute("COMMIT")


def _record(connection: sqlite3.Connection, conversation_id: str) -> Record | None:
    row = connection.execute(_CONVERSATION, (conversation_id,)).fetchone()
    if row is None:
        return None
    parts = ((table, connection.execute(query, (conversation_id,))) for table, query in _PARTS.items())
    return _plain(CONVERSATION, row) | {table.name: [_plain(table, row) for row in rows] for table, rows in parts}


def _plain(table: Table, row: Row) -> Record:
    return {
        column.name: json.loads(row[column.name])
        if column.kind in IN_JSON and row[column.name] is not None
        else row[column.name]
        for column in table.columns
    }
