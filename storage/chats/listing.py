"""Lists of conversations: no more of them is read than is shown."""

import json
from datetime import datetime

from storage.columns import LAST, Row
from storage.file.database import DatabaseFile
from storage.records import ListedConversation
from storage.search.filters import Filters

LISTED = """
    c.id AS conversation_id, c.title, c.activity, c.updated_at, c.pinned_at IS NOT NULL AS pinned,
    c.archived_at IS NOT NULL AS archived, (
        SELECT json_group_array(tag) FROM (
            SELECT tag FROM conversation_tags t WHERE t.conversation_id = c.id ORDER BY tag)) AS tags
"""
_SHOWN = "c.deleted_at IS NULL AND c.purpose = 'chat'"
_PINNED = f"""
    SELECT {LISTED} FROM conversations c
    WHERE {_SHOWN} AND c.pinned_at IS NOT NULL AND c.archived_at IS NULL ORDER BY c.pinned_at DESC
"""


class Listing:
    """Conversations as lines, newest activity first; the deleted ones are in none."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def pinned(self) -> list[ListedConversation]:
        """The pinned ones, of which there are few, the newest pin first."""
        with self._file.read() as connection:
            return [listed(row) for row in connection.execute(_PINNED)]

    def page(self, filters: Filters, limit: int, before: int | None = None) -> list[ListedConversation]:
        """At most `limit` of all that pass; `before` is the activity of the last one known."""
        query = f"""
            SELECT {LISTED} FROM conversations c WHERE {_SHOWN} AND c.activity < :before{filters.of_conversation()}
            ORDER BY c.activity DESC LIMIT :limit
        """
        values = filters.values | {"before": LAST if before is None else before, "limit": limit}
        with self._file.read() as connection:
            return [listed(row) for row in connection.execute(query, values)]

    def ids(self, filters: Filters) -> list[str]:
        """All that pass."""
        query = f"SELECT c.id FROM conversations c WHERE {_SHOWN}{filters.of_conversation()} ORDER BY c.activity DESC"
        with self._file.read() as connection:
            return [id_ for (id_,) in connection.execute(query, filters.values)]


def listed(row: Row) -> ListedConversation:
    """A line from its columns."""
    return ListedConversation(
        row["conversation_id"],
        row["title"],
        row["activity"],
        datetime.fromisoformat(row["updated_at"]),
        bool(row["pinned"]),
        bool(row["archived"]),
        tuple(json.loads(row["tags"])),
    )
