"""Messages: the open branch of a conversation's tree, and the way to its other branches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from storage.chats.branch import OPEN_LEAF, branch_from
from storage.chats.history import History
from storage.chats.ratings import rating_from
from storage.columns import REPLY_COLUMNS, Row, reply_from
from storage.errors import ConversationGone
from storage.file.database import DatabaseFile
from storage.records import Beginning, Place, StoredMessage

if TYPE_CHECKING:
    from sqlite_utils import Database

# From the open leaf, or a message above it, up to the root, or as far as the limit (-1: none); downwards, ids grow.
_END = """
    conversations c JOIN messages m ON m.id = ifnull(:end, c.leaf_id)
    WHERE c.id = :conversation_id AND c.deleted_at IS NULL
"""
_BRANCH = branch_from(_END, "LIMIT :newest")
# From the open leaf up to a message, which is the first of them if it is in the open branch.
_SINCE = f"{branch_from(OPEN_LEAF, 'WHERE b.id > :message_id')} SELECT id FROM branch ORDER BY id"
# Whatever is known of each message of `ids`.
_KNOWN = f"""
    SELECT m.id, m.parent_id, m.role, m.text, m.created_at, m.copied_from, p.caption AS moment, g.thumb, g.word,
        {REPLY_COLUMNS},
        (SELECT count(*) FROM messages s
            WHERE s.parent_id IS m.parent_id AND s.conversation_id = m.conversation_id AND s.id <= m.id) AS sibling,
        (SELECT count(*) FROM messages s
            WHERE s.parent_id IS m.parent_id AND s.conversation_id = m.conversation_id) AS siblings
    FROM ids b JOIN messages m ON m.id = b.id LEFT JOIN replies r ON r.message_id = ifnull(m.copied_from, m.id)
    LEFT JOIN moments p ON p.message_id = m.id LEFT JOIN ratings g ON g.message_id = m.id
    ORDER BY b.id, r.sequence
"""
_PATH = f"{_BRANCH}, ids(id) AS (SELECT id FROM branch) {_KNOWN}"
_THESE = f"WITH ids(id) AS (SELECT value FROM json_each(:message_ids)) {_KNOWN}"
_ONE = f"WITH ids(id) AS (SELECT :message_id) {_KNOWN}"
_SIBLINGS = """
    SELECT s.id FROM messages m
    JOIN messages s ON s.parent_id IS m.parent_id AND s.conversation_id = m.conversation_id
    WHERE m.id = ? ORDER BY s.id
"""
# The newest descendant is a leaf: a child's id is greater than its parent's.
_LEAF_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT ?
        UNION ALL
        SELECT m.id FROM below b JOIN messages m ON m.parent_id = b.id
    )
    SELECT max(id) FROM below
"""
_STANDS_IN = """
    SELECT c.id, c.leaf_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = ? AND c.deleted_at IS NULL
"""
_TREE = """
    SELECT m.id, m.parent_id FROM conversations c JOIN messages m ON m.conversation_id = c.id
    WHERE c.id = ? AND c.deleted_at IS NULL ORDER BY m.id
"""
_BEGINNING = """
    SELECT m.role, substr(m.text, 1, ?) AS text, ifnull((
        SELECT r.model FROM replies r WHERE r.message_id = ifnull(m.copied_from, m.id) ORDER BY r.sequence DESC LIMIT 1
    ), '') AS model FROM messages m WHERE m.id = ?
"""


class Messages:
    """Messages of conversations, each below the one it follows."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def path(self, conversation_id: str, newest: int | None = None, end: int | None = None) -> list[StoredMessage]:
        """The open branch from the root to the leaf, or to its message `end`, or only the `newest` last messages of
        that; empty if there is none."""
        values = {"conversation_id": conversation_id, "newest": -1 if newest is None else newest, "end": end}
        with self._file.read() as connection:
            rows = connection.execute(_PATH, values)
            return [_message(list(same)) for _, same in groupby(rows, itemgetter("id"))]

    def find(self, message_id: int) -> StoredMessage | None:
        """A message of whatever branch."""
        with self._file.read() as connection:
            rows = connection.execute(_ONE, {"message_id": message_id}).fetchall()
        return _message(rows) if rows else None

    def of(self, message_ids: Iterable[int]) -> dict[int, StoredMessage]:
        """Some messages, of whatever branches, by their ids; those that are not there are left out."""
        with self._file.read() as connection:
            rows = connection.execute(_THESE, {"message_ids": json.dumps(list(message_ids))})
            return {id_: _message(list(same)) for id_, same in groupby(rows, itemgetter("id"))}

    def count(self, conversation_id: str) -> int:
        """The number of messages in the open branch."""
        values = {"conversation_id": conversation_id, "newest": -1, "end": None}
        with self._file.read() as connection:
            return connection.execute(f"{_BRANCH} SELECT count(*) FROM branch", values).fetchone()[0]

    def after(self, conversation_id: str, message_id: int) -> list[int] | None:
        """The ids of what follows a message in the open branch, in order; None if the message is not in it."""
        values = {"conversation_id": conversation_id, "message_id": message_id}
        with self._file.read() as connection:
            ids = [id_ for (id_,) in connection.execute(_SINCE, values)]
        return ids[1:] if ids[:1] == [message_id] else None

    def tree(self, conversation_id: str) -> list[Place]:
        """Every message of a conversation, oldest first: a parent stands before what is below it."""
        with self._file.read() as connection:
            return [Place(*row) for row in connection.execute(_TREE, (conversation_id,))]

    def beginnings(self, message_ids: Iterable[int], longest: int) -> dict[int, Beginning]:
        """How these messages begin, with at most `longest` characters of each; what is not there is left out."""
        with self._file.read() as connection:
            rows = {id_: connection.execute(_BEGINNING, (longest, id_)).fetchone() for id_ in message_ids}
        return {id_: Beginning(*row) for id_, row in rows.items() if row}

    def context(self, message_id: int) -> History:
        """The messages from the root to this one, with their ids, as a request sends them: without empty replies."""
        return History(self._file, message_id)

    def show_sibling(self, message_id: int, step: int) -> int:
        """Opens the branch of the sibling `step` places on, at its newest message; past either end nothing changes.

        Says which leaf is open then. Raises ConversationGone.
        """
        with self._file.write() as database:
            row = database.execute(_STANDS_IN, (message_id,)).fetchone()
            if row is None:
                raise ConversationGone
            conversation_id, leaf = row
            siblings = [id_ for (id_,) in database.execute(_SIBLINGS, (message_id,))]
            wanted = siblings.index(message_id) + step
            if not 0 <= wanted < len(siblings):
                return leaf
            return _open_branch(database, conversation_id, siblings[wanted])

    def open_at(self, conversation_id: str, message_id: int) -> bool:
        """Opens the branch through a message, at the newest message below it; the open one stays if it goes through.

        False, and nothing changed, if that is no message of this conversation.
        """
        if self.after(conversation_id, message_id) is not None:
            return True
        with self._file.write() as database:
            row = database.execute(_STANDS_IN, (message_id,)).fetchone()
            found = row is not None and row[0] == conversation_id
            if found:
                _open_branch(database, conversation_id, message_id)
        return found


def _open_branch(database: Database, conversation_id: str, message_id: int) -> int:
    """Open the branch through a message at the newest one below it, which is the open leaf then."""
    [leaf] = database.execute(_LEAF_BELOW, (message_id,)).fetchone()
    database.execute("UPDATE conversations SET leaf_id = ? WHERE id = ?", (leaf, conversation_id))
    return leaf


def _message(rows: Sequence[Row]) -> StoredMessage:
    """A message from its rows, one for each of its replies."""
    row = rows[0]
    replies = tuple(reply_from(row) for row in rows if row["reply_id"])
    copied_from = row["copied_from"]
    return StoredMessage(
        id=row["id"],
        parent_id=row["parent_id"],
        role=row["role"],
        text=row["text"],
        created_at=datetime.fromisoformat(row["created_at"]),
        replies=() if copied_from else replies,
        sibling=row["sibling"],
        siblings=row["siblings"],
        moment=row["moment"],
        rating=rating_from(row),
        copied_from=copied_from,
        original=replies if copied_from else (),
    )
