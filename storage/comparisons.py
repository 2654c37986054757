"""Comparisons: the list, what each of them asks whom, the votes on it, and its end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from secrets import token_hex
from typing import TYPE_CHECKING

from llm.types import Settings
from storage.columns import LAST, Row, encodable, now, settings_columns, settings_from
from storage.copying import chat_from, copy_messages, whole_turns
from storage.deletions import recently_deleted
from storage.errors import ComparisonGone, NotBlind
from storage.file.database import DatabaseFile
from storage.growing import COMPARISON, ID_BYTES, add_message, begin_reply, new_conversation, open_leaf
from storage.records import DeletedConversation, ListedComparison, StoredComparison, StoredVote, Turn, VotedComparison

if TYPE_CHECKING:
    from sqlite_utils import Database


_LISTED = "SELECT id, title, sequence, updated_at FROM comparisons"
_STORED = """
    SELECT id, title, columns, repetitions, blind, revealed, created_at FROM comparisons
    WHERE id = ? AND deleted_at IS NULL
"""
_CONVERSATIONS = """
    SELECT "column", conversation_id FROM comparison_conversations WHERE comparison_id = ?
    ORDER BY "column", repetition
"""
_REPETITIONS_FIRST = """
    SELECT conversation_id, "column" FROM comparison_conversations WHERE comparison_id = ?
    ORDER BY repetition, "column"
"""
_HIDE_ITS = """
    UPDATE conversations SET deleted_at = :now WHERE deleted_at IS NULL
        AND id IN (SELECT conversation_id FROM comparison_conversations WHERE comparison_id = :id)
"""
_SHOW_ITS = """
    UPDATE conversations SET deleted_at = NULL
    WHERE id IN (SELECT conversation_id FROM comparison_conversations WHERE comparison_id = ?)
"""
_TURN_BEGUN = "UPDATE comparisons SET updated_at = ? WHERE id = ? AND deleted_at IS NULL RETURNING columns"
_VOTE = """
    INSERT INTO votes (comparison_id, turn, repetition, verdict, voted_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET verdict = excluded.verdict, voted_at = excluded.voted_at
"""
_VOTES = "SELECT comparison_id, turn, repetition, verdict FROM votes WHERE comparison_id = ? ORDER BY turn, repetition"
_ALL_VOTES = """
    SELECT v.comparison_id, v.turn, v.repetition, v.verdict, k.columns
    FROM comparisons k JOIN votes v ON v.comparison_id = k.id
    WHERE k.deleted_at IS NULL AND k.revealed ORDER BY k.sequence, v.turn, v.repetition
"""


class Comparisons:
    """Comparisons by id. A deleted one is hidden, with its conversations, until it is restored or purged."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def create(
        self, title: str, columns: Sequence[Settings], repetitions: int, blind: bool, source: int | None = None
    ) -> StoredComparison:
        """Keeps a new comparison, with a conversation for each repetition of each column.

        Each begins with copies of the whole turns down to the message `source`, if one is given. Raises
        ConversationGone if there is no such message.
        """
        id_, created = token_hex(ID_BYTES), now()
        values = {"id": id_, "created_at": created, "updated_at": created, "repetitions": repetitions, "blind": blind}
        texts = {"title": encodable(title), "columns": _columns_text(columns)}
        with self._file.write() as database:
            said = [] if source is None else whole_turns(database, source)
            database.table("comparisons").insert(values | texts)
            for column, settings in enumerate(columns):
                for repetition in range(repetitions):
                    conversation_id = new_conversation(database, "", settings, COMPARISON)
                    copy_messages(database, said, conversation_id)
                    link = (id_, column, repetition, conversation_id)
                    database.execute("INSERT INTO comparison_conversations VALUES (?, ?, ?, ?)", link)
        return self.get(id_)

    def begin_turn(self, comparison_id: str, prompt: str) -> list[tuple[Settings, Turn]]:
        """Stores a prompt in every conversation of a comparison and an empty reply below each, or nowhere.

        The first repetitions come first. Raises ConversationBusy while a reply streams in one of them, ComparisonGone.
        """
        with self._file.write() as database:
            row = database.execute(_TURN_BEGUN, (now(), encodable(comparison_id))).fetchone()
            if row is None:
                raise ComparisonGone
            columns = _columns_from(row[0])
            turns = []
            for conversation_id, column in database.execute(_REPETITIONS_FIRST, (comparison_id,)).fetchall():
                leaf = open_leaf(database, conversation_id)
                prompt_id = add_message(database, conversation_id, leaf, "user", prompt)
                settings = columns[column]
                turns.append((settings, begin_reply(database, conversation_id, prompt_id, settings)))
            return turns

    def recent(self, limit: int, before: int | None = None) -> list[ListedComparison]:
        """At most `limit` comparisons, the newest first; `before` is the sequence of the last one known."""
        query = f"{_LISTED} WHERE deleted_at IS NULL AND sequence < ? ORDER BY sequence DESC LIMIT ?"
        with self._file.read() as connection:
            rows = connection.execute(query, (LAST if before is None else before, limit)).fetchall()
        return [ListedComparison(*row[:3], datetime.fromisoformat(row["updated_at"])) for row in rows]

    def recently_deleted(self, within: timedelta) -> list[DeletedConversation]:
        """What was deleted less than that long ago and can be restored, in the order of the deletions."""
        return recently_deleted(self._file, "comparisons WHERE columns <> ''", within)

    def get(self, comparison_id: str) -> StoredComparison | None:
        with self._file.read() as connection:
            row = connection.execute(_STORED, (encodable(comparison_id),)).fetchone()
            conversations = connection.execute(_CONVERSATIONS, (row["id"],)).fetchall() if row else []
        return _comparison(row, conversations) if row else None

    def rename(self, comparison_id: str, title: str) -> None:
        """Raises ComparisonGone."""
        self._change(comparison_id, "title", encodable(title))

    def reveal(self, comparison_id: str) -> None:
        """Shows for good which column is which. Raises ComparisonGone."""
        self._change(comparison_id, "revealed", 1)

    def delete(self, comparison_id: str) -> None:
        """Hides a comparison and its conversations, until it is restored or purged with what else was deleted."""
        values = {"id": comparison_id, "now": now()}
        with self._file.write() as database:
            query = "UPDATE comparisons SET deleted_at = :now WHERE id = :id AND deleted_at IS NULL"
            if database.execute(query, values).rowcount:
                database.execute(_HIDE_ITS, values)

    def restore(self, comparison_id: str) -> None:
        """Shows a deleted comparison and its conversations again. Raises ComparisonGone once it is purged."""
        with self._file.write() as database:
            query = "UPDATE comparisons SET deleted_at = NULL WHERE id = ? AND columns <> ''"  # nor half purged
            if not database.execute(query, (comparison_id,)).rowcount:
                raise ComparisonGone
            database.execute(_SHOW_ITS, (comparison_id,))

    def vote(self, comparison_id: str, turn: int, repetition: int, verdict: str) -> None:
        """Keeps a verdict, in place of an earlier one on the same replies.

        Raises ComparisonGone, or NotBlind if everybody can see which column is which.
        """
        with self._file.write() as database:
            _refuse_seeing(database, comparison_id)
            database.execute(_VOTE, (comparison_id, turn, repetition, encodable(verdict), now()))

    def votes(self, comparison_id: str) -> list[StoredVote]:
        """The votes on a comparison, in the order of its turns."""
        with self._file.read() as connection:
            return [StoredVote(*row) for row in connection.execute(_VOTES, (encodable(comparison_id),))]

    def all_votes(self) -> list[VotedComparison]:
        """The votes on all comparisons that are revealed, the oldest first; others would tell what is hidden."""
        with self._file.read() as connection:
            rows = connection.execute(_ALL_VOTES).fetchall()
        return [_voted(list(same)) for _, same in groupby(rows, itemgetter("comparison_id"))]

    def copy_to_chat(self, conversation_id: str, title: str) -> str:
        """Begins a chat with copies of the whole turns of a conversation, and its settings; the chat's id.

        Raises ConversationGone, or NothingToCopy if no reply has come there.
        """
        with self._file.write() as database:
            return chat_from(database, conversation_id, title)

    def _change(self, comparison_id: str, column: str, value: str | int) -> None:
        query = f"UPDATE comparisons SET {column} = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL"
        with self._file.write() as database:
            if not database.execute(query, (value, now(), encodable(comparison_id))).rowcount:
                raise ComparisonGone


def _refuse_seeing(database: Database, comparison_id: str) -> None:
    query = "SELECT blind AND NOT revealed FROM comparisons WHERE id = ? AND deleted_at IS NULL"
    row = database.execute(query, (encodable(comparison_id),)).fetchone()
    if row is None:
        raise ComparisonGone
    if not row[0]:
        raise NotBlind


def _columns_text(columns: Sequence[Settings]) -> str:
    return json.dumps([settings_columns(settings) for settings in columns], ensure_ascii=False, separators=(",", ":"))


def _columns_from(text: str) -> tuple[Settings, ...]:
    return tuple(settings_from(column) for column in json.loads(text))


def _comparison(row: Row, conversations: Sequence[Row]) -> StoredComparison:
    return StoredComparison(
        id=row["id"],
        title=row["title"],
        columns=_columns_from(row["columns"]),
        repetitions=row["repetitions"],
        blind=bool(row["blind"]),
        revealed=bool(row["revealed"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        conversations=tuple(tuple(id_ for _, id_ in same) for _, same in groupby(conversations, itemgetter("column"))),
    )


def _voted(rows: Sequence[Row]) -> VotedComparison:
    first = rows[0]
    votes = tuple(StoredVote(*row[:4]) for row in rows)
    return VotedComparison(first["comparison_id"], _columns_from(first["columns"]), votes)
