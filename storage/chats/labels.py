"""Labels of conversations: pinned, archived, tagged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llm.types import PlaygroundError
from storage.columns import encodable, now
from storage.errors import ConversationGone
from storage.file.database import DatabaseFile

if TYPE_CHECKING:
    from sqlite_utils import Database

MOST_PINNED = 20  # they stand above all others, so that they cannot be many
MOST_TAGS, LONGEST_TAG = 10, 30
_IS_THERE = "SELECT 1 FROM conversations WHERE id = ? AND deleted_at IS NULL AND purpose = 'chat'"
PINS = "SELECT count(*) FROM conversations WHERE pinned_at IS NOT NULL AND deleted_at IS NULL AND id <> ?"
_TAG = "INSERT OR IGNORE INTO conversation_tags SELECT id, ? FROM conversations WHERE id = ? AND deleted_at IS NULL"
# From one tag to the next, without looking at each conversation that has it.
_NEXT = "SELECT min(tag) FROM conversation_tags"
_TAGS = f"""
    WITH RECURSIVE known(tag) AS (
        {_NEXT} UNION ALL SELECT ({_NEXT} WHERE tag > known.tag) FROM known WHERE known.tag IS NOT NULL
    )
    SELECT k.tag FROM known k WHERE EXISTS (
        SELECT 1 FROM conversation_tags t JOIN conversations c ON c.id = t.conversation_id
        WHERE t.tag = k.tag AND c.deleted_at IS NULL
    )
"""


class Labels:
    """What conversations are marked with. What is said of one raises ConversationGone if it is not there; what is said
    of several holds for those that are."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def pin(self, conversation_id: str) -> None:
        """Keeps it above all others. Raises PlaygroundError if too many are already."""
        with self._file.write() as database:
            _refuse_missing(database, conversation_id)
            if database.execute(PINS, (conversation_id,)).fetchone()[0] >= MOST_PINNED:
                raise PlaygroundError(f"{MOST_PINNED} conversations are pinned. Unpin one, then pin this one.")
            query = "UPDATE conversations SET pinned_at = ?, archived_at = NULL WHERE id = ?"
            database.execute(query, (now(), conversation_id))

    def unpin(self, conversation_id: str) -> None:
        with self._file.write() as database:
            _refuse_missing(database, conversation_id)
            database.execute("UPDATE conversations SET pinned_at = NULL WHERE id = ?", (conversation_id,))

    def archive(self, conversation_ids: Iterable[str]) -> None:
        """Takes them out of the sidebar, unpinned; they are found as before."""
        query = "UPDATE conversations SET archived_at = ifnull(archived_at, ?), pinned_at = NULL WHERE id = ?"
        moment = now()
        with self._file.write() as database:
            for conversation_id in conversation_ids:
                database.execute(query, (moment, conversation_id))

    def unarchive(self, conversation_ids: Iterable[str]) -> None:
        """Brings them back into the sidebar."""
        with self._file.write() as database:
            for conversation_id in conversation_ids:
                database.execute("UPDATE conversations SET archived_at = NULL WHERE id = ?", (conversation_id,))

    def set_tags(self, conversation_id: str, tags: Sequence[str]) -> None:
        """Gives it these tags and no other. Raises PlaygroundError if there are too many, or one is too long."""
        with self._file.write() as database:
            _refuse_missing(database, conversation_id)
            database.execute("DELETE FROM conversation_tags WHERE conversation_id = ?", (conversation_id,))
            _add(database, conversation_id, _tidy(tags))

    def add_tags(self, conversation_ids: Iterable[str], tags: Sequence[str]) -> None:
        """Gives each of them these tags too. Raises as `set_tags`, and changes none."""
        wanted = _tidy(tags)
        with self._file.write() as database:
            for conversation_id in conversation_ids:
                _add(database, conversation_id, wanted)

    def tags(self) -> list[str]:
        """All tags of conversations."""
        with self._file.read() as connection:
            return [tag for (tag,) in connection.execute(_TAGS)]


def _refuse_missing(database: Database, conversation_id: str) -> None:
    if not database.execute(_IS_THERE, (encodable(conversation_id),)).fetchone():
        raise ConversationGone


def _tidy(tags: Sequence[str]) -> list[str]:
    """The tags on one line each, none twice."""
    tidied = [" ".join(encodable(tag).replace("\0", " ").split()) for tag in tags]
    if too_long := next((tag for tag in tidied if len(tag) > LONGEST_TAG), ""):
        raise PlaygroundError(f"A tag has {len(too_long):,} characters: take at most {LONGEST_TAG}.")
    return list(dict.fromkeys(tag for tag in tidied if tag))


def _add(database: Database, conversation_id: str, tags: Sequence[str]) -> None:
    for tag in tags:
        database.execute(_TAG, (tag, conversation_id))
    query = "SELECT count(*) FROM conversation_tags WHERE conversation_id = ?"
    if (count := database.execute(query, (conversation_id,)).fetchone()[0]) > MOST_TAGS:
        raise PlaygroundError(f"That would be {count} tags on one conversation: take at most {MOST_TAGS}.")
