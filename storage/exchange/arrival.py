"""Conversations that come in: each whole, with numbers and, where its own are taken, names that are new here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from heapq import merge
from secrets import token_hex
from typing import Any

from llm.types import ID_BYTES, Provenance, Status
from storage.chats.growing import CHAT
from storage.chats.labels import MOST_PINNED, PINS
from storage.columns import encodable, moment
from storage.compact import ids_in, spans
from storage.exchange.forks import Forks
from storage.exchange.schema import (
    CONVERSATION,
    IN_JSON,
    MESSAGES,
    MOMENTS,
    PARTS,
    REPLIES,
    RERUNS,
    TAGS,
    Column,
    Kind,
    Record,
    Table,
    rows,
)
from storage.file.database import DatabaseFile
from storage.purging import FORGOTTEN
from storage.search.index import put_conversation

OURS = "playground:"  # before the id that a conversation has in the playground that it came from
_NEXT_ACTIVITY = "SELECT ifnull(max(activity), 0) + 1 FROM conversations"
_ALIKE = (
    f"SELECT id FROM conversations WHERE deleted_at IS NULL AND purpose = '{CHAT}' AND (id = ? OR source IN (?, ?))"
)
_TEXTS = "SELECT id, parent_id, role, text FROM messages WHERE conversation_id = ? ORDER BY id"
_SHOWN = f"SELECT id, activity, updated_at FROM conversations WHERE purpose = '{CHAT}' ORDER BY activity"
# A reply of which only the figures were kept: what it cost was spent here, whatever the file says, so only what was
# forgotten of it comes back. It has the texts of a failure if it failed here.
_OF_A_FAILURE = {"error_text", "error_detail"}
_COMES_BACK = ", ".join(
    f"{name} = " + (f"iif(error_kind IS NULL, NULL, ifnull(:{name}, ''))" if name in _OF_A_FAILURE else f":{name}")
    for name in FORGOTTEN
)
_COME_BACK = f"UPDATE replies SET {_COMES_BACK} WHERE id = :id AND message_id IS NULL"
_PLACE = "UPDATE conversations SET activity = ? WHERE id = ?"
_ASIDE = 2**53  # by which places are moved out of the way of others
_NAMES_CONVERSATION = (MOMENTS, TAGS, RERUNS)
_FURTHER = tuple(table for table in PARTS if table not in (MESSAGES, REPLIES))


class Arrival:
    """Takes in checked records, a few at a time, so that nobody else who writes has to wait.

    `finish` puts what came in among the chats by the time of their last turns. For one thread. Of what
    has come in, only the ids of the conversations are held in memory.
    """

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._arrived: set[str] = set()
        self._forks = Forks()

    def knows(self, record: Record) -> bool:
        """Whether a chat that is here came from the same one and has every message of it, whatever came since."""
        source = record["source"]
        names = (record["id"], source, OURS + record["id"])
        wanted: set[bytes] | None = None
        with self._file.read() as connection:
            for (id_,) in connection.execute(_ALIKE, names).fetchall():
                wanted = wanted or _fingerprints(_texts_of(record))
                if wanted <= _fingerprints(connection.execute(_TEXTS, (id_,))):
                    return True
        return False

    def take(self, records: Sequence[Record]) -> None:
        """Stores these conversations, all of them or none."""
        with self._file.write() as database:
            stored = [_store(database.conn, record) for record in records]
            for id_, _ in stored:
                put_conversation(database, id_)
        for record, (id_, messages) in zip(records, stored, strict=True):
            self._arrived.add(id_)
            self._forks.note(rows(record, MESSAGES), messages)

    def finish(self) -> None:
        """Gives the chats their places, and copies the numbers that their originals have here."""
        for originals in self._forks.originals():
            with self._file.write() as database:
                database.conn.executemany("UPDATE messages SET copied_from = ? WHERE id = ?", originals)
        with self._file.write() as database:
            _arrange(database.conn, self._arrived)


def _texts_of(record: Record) -> Iterable[tuple[int, int | None, str, str]]:
    return ((m["id"], m["parent_id"], m["role"], encodable(m["text"])) for m in rows(record, MESSAGES))


def _fingerprints(messages: Iterable[Sequence[Any]]) -> set[bytes]:
    """What a message is known by: its text, its role, and all that was said before it."""
    known: dict[int | None, bytes] = {None: b""}
    for id_, parent_id, role, text in messages:
        known[id_] = blake2b(known[parent_id] + f"{role} {text}".encode(), digest_size=16).digest()
    return set(known.values())


def _store(connection: sqlite3.Connection, record: Record) -> tuple[str, dict[int, int]]:
    """The conversation's id here, and the numbers that its messages had there with those that they have here."""
    id_ = _free_id(connection, "conversations", record["id"])
    renamed = OURS + record["id"] if id_ != record["id"] else None
    own = record | {"id": id_, "source": record["source"] or renamed, "leaf_id": None}
    if record["pinned_at"] and connection.execute(PINS, (id_,)).fetchone()[0] >= MOST_PINNED:
        own["pinned_at"] = None
    activity = connection.execute(_NEXT_ACTIVITY).fetchone()[0]
    _insert(connection, CONVERSATION, own, {}, {"activity": activity, "purpose": CHAT})
    numbers: dict[int, int] = {}
    for row in rows(record, MESSAGES):
        numbers[row["id"]] = _insert(connection, MESSAGES, row | {"id": None}, numbers, {"conversation_id": id_})
    reruns = {row["id"]: _free_id(connection, "reruns", row["id"]) for row in rows(record, RERUNS)}
    for row in rows(record, REPLIES):
        _put_reply(connection, _settled(REPLIES, row, reruns), numbers)
    for table in _FURTHER:
        fixed = {"conversation_id": id_} if table in _NAMES_CONVERSATION else {}
        for row in rows(record, table):
            _insert(connection, table, _settled(table, row, reruns), numbers, fixed)
    connection.execute("UPDATE conversations SET leaf_id = ? WHERE id = ?", (numbers[record["leaf_id"]], id_))
    return id_, numbers


def _free_id(connection: sqlite3.Connection, table: str, id_: str) -> str:
    taken = connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone()
    return token_hex(ID_BYTES) if taken else id_


def _settled(table: Table, row: Record, reruns: dict[str, str]) -> Record:
    """A row at rest, for what was still going on there, nobody will end here; its rerun is named as it is here."""
    if table is REPLIES:
        streaming = {"status": Status.INTERRUPTED} if row["status"] == Status.STREAMING else {}
        provenance = row["cost_provenance"] or Provenance.UNPRICED
        return row | streaming | {"cost_provenance": provenance, "purpose": row["purpose"] or CHAT}
    if table is RERUNS:
        return row | {"id": reruns[row["id"]], "state": "paused" if row["state"] == "running" else row["state"]}
    return row | {"rerun_id": reruns[row["rerun_id"]]} if "rerun_id" in row else row


def _put_reply(connection: sqlite3.Connection, row: Record, numbers: dict[int, int]) -> None:
    """A reply that came in, which counts in its conversation alone: nothing was spent on it here."""
    values = _values(REPLIES, row, numbers)
    if connection.execute(_COME_BACK, values).rowcount:
        return
    free = _free_id(connection, "replies", row["id"])
    _insert(connection, REPLIES, row | {"id": free}, numbers, {"imported": 1})


def _insert(connection: sqlite3.Connection, table: Table, row: Record, numbers: dict[int, int], fixed: Record) -> int:
    values = _values(table, row, numbers) | fixed
    names, places = ", ".join(values), ", ".join("?" * len(values))
    query = f"INSERT INTO {table.name} ({names}) VALUES ({places})"
    return connection.execute(query, tuple(values.values())).lastrowid or 0


def _values(table: Table, row: Record, numbers: dict[int, int]) -> Record:
    return {column.name: _value(column, row[column.name], numbers) for column in table.columns}


def _value(column: Column, value: Any, numbers: dict[int, int]) -> Any:
    if value is None or column.kind is Kind.ELSEWHERE:  # until it is known what that message is here
        return None
    if column.kind in IN_JSON:
        return encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    if column.kind is Kind.MESSAGE:
        return numbers[value]
    if column.kind is Kind.CONTEXT:
        return spans(numbers[id_] for id_ in ids_in(value) if id_ in numbers)
    if column.kind is Kind.TIME:
        return moment(datetime.fromisoformat(value))
    return encodable(value) if isinstance(value, str) else value


def _arrange(connection: sqlite3.Connection, arrived: set[str]) -> None:
    """Give each that arrived its place by the time of its last turn; the order of the others stays."""
    chats = connection.execute(_SHOWN).fetchall()
    here = [chat for chat in chats if chat[0] not in arrived]
    coming = sorted((chat for chat in chats if chat[0] in arrived), key=lambda chat: chat[2])
    places = [activity for _, activity, _ in chats]
    ordered = zip(merge(here, coming, key=lambda chat: chat[2]), places, strict=True)
    moved = [(place, id_) for (id_, activity, _), place in ordered if place != activity]
    connection.executemany(_PLACE, ((place - _ASIDE, id_) for place, id_ in moved))
    connection.executemany(_PLACE, moved)
