"""Comparisons: the list, what each of them asks whom, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from secrets import token_hex

from llm.types import ID_BYTES, Settings
from storage.chats.copying import chat_from, copy_messages, whole_turns
from storage.chats.growing import COMPARISON, add_message, begin_reply, new_conversation, open_leaf
from storage.columns import Row, encodable, list_of_settings, now, settings_text
from storage.deletions import recently_deleted
from storage.errors import ComparisonGone
from storage.experiments.records import ListedComparison, StoredComparison
from storage.file.database import DatabaseFile
from storage.records import Deleted, Turn

_NEXT_ACTIVITY = "SELECT ifnull(max(activity), 0) + 1 FROM comparisons"
_LISTED = """
    SELECT id, title, json_array_length(columns), repetitions, blind, revealed, updated_at FROM comparisons
    WHERE deleted_at IS NULL ORDER BY activity DESC LIMIT ?
"""
_STORED = """
    SELECT id, title, columns, repetitions, blind, revealed FROM comparisons WHERE id = ? AND deleted_at IS NULL
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
_TURN_BEGUN = f"""
    UPDATE comparisons SET updated_at = ?, activity = ({_NEXT_ACTIVITY}) WHERE id = ? AND deleted_at IS NULL
    RETURNING columns
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
        texts = {"title": encodable(title), "columns": settings_text(columns)}
        with self._file.write() as database:
            said = [] if source is None else whole_turns(database, source)
            values["activity"] = database.execute(_NEXT_ACTIVITY).fetchone()[0]
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
            columns = list_of_settings(row[0])
            turns = []
            for conversation_id, column in database.execute(_REPETITIONS_FIRST, (comparison_id,)).fetchall():
                leaf = open_leaf(database, conversation_id)
                prompt_id = add_message(database, conversation_id, leaf, "user", prompt)
                settings = columns[column]
                turns.append((settings, begin_reply(database, conversation_id, prompt_id, settings)))
            return turns

    def recent(self, limit: int) -> list[ListedComparison]:
        """At most `limit` comparisons, that with the newest prompt first."""
        with self._file.read() as connection:
            rows = connection.execute(_LISTED, (limit,)).fetchall()
        return [
            ListedComparison(id_, title, columns, repetitions, bool(blind), bool(revealed), datetime.fromisoformat(at))
            for id_, title, columns, repetitions, blind, revealed, at in rows
        ]

    def recently_deleted(self, within: timedelta) -> list[Deleted]:
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

    def copy_to_chat(self, conversation_id: str, title: str) -> str:
        """Begins a chat with copies of the whole turns of a conversation, and its settings; the chat's id.

        Raises ConversationGone, or NothingToCopy if no reply has come there.
        """
        with self._file.write() as database:
            return chat_from(database, conversation_id, title)

    def _change(self, comparison_id: str, column: str, value: str | int) -> None:
        query = f"UPDATE comparisons SET {column} = ? WHERE id = ? AND deleted_at IS NULL"
        with self._file.write() as database:
            if not database.execute(query, (value, encodable(comparison_id))).rowcount:
                raise ComparisonGone


def _comparison(row: Row, conversations: Sequence[Row]) -> StoredComparison:
    return StoredComparison(
        id=row["id"],
        title=row["title"],
        columns=list_of_settings(row["columns"]),
        repetitions=row["repetitions"],
        blind=bool(row["blind"]),
        revealed=bool(row["revealed"]),
        conversations=tuple(tuple(id_ for _, id_ in same) for _, same in groupby(conversations, itemgetter("column"))),
    )
