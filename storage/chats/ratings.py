"""What somebody thinks of a reply: a thumb, and a word if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm.types import PlaygroundError
from storage.columns import Row, encodable, now
from storage.errors import ConversationGone
from storage.file.database import DatabaseFile
from storage.records import Rating, Thumb

if TYPE_CHECKING:
    from sqlite_utils import Database

LONGEST_WORD = 500  # characters

_SAID_BY_A_MODEL = """
    SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = ? AND m.role = 'assistant' AND c.deleted_at IS NULL
"""
_RATE = """
    INSERT INTO ratings (message_id, thumb, rated_at) VALUES (:message_id, :thumb, :rated_at)
    ON CONFLICT (message_id) DO UPDATE SET thumb = :thumb, rated_at = :rated_at
"""


class Ratings:
    """Ratings of messages of the model's, at most one each; `StoredMessage.rating` has it."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def rate(self, message_id: int, thumb: Thumb) -> None:
        """Rate a reply; another thumb takes the place of the one before, and the word stays.

        Raises ConversationGone if there is no such reply.
        """
        with self._file.write() as database:
            _refuse_missing(database, message_id)
            database.execute(_RATE, {"message_id": message_id, "thumb": thumb.value, "rated_at": now()})

    def explain(self, message_id: int, word: str) -> None:
        """Say why, or with "" not any more; without a rating nothing happens. PlaygroundError if it is too long."""
        if len(word) > LONGEST_WORD:
            raise PlaygroundError(
                f"A word on a reply has at most {LONGEST_WORD} characters. Shorten it, then try again."
            )
        with self._file.write() as database:
            database.execute("UPDATE ratings SET word = ? WHERE message_id = ?", (encodable(word), message_id))

    def take_back(self, message_id: int) -> None:
        """Rate a reply no more; its word goes too."""
        with self._file.write() as database:
            database.execute("DELETE FROM ratings WHERE message_id = ?", (message_id,))


def rating_from(row: Row) -> Rating | None:
    return Rating(Thumb(row["thumb"]), row["word"]) if row["thumb"] else None


def _refuse_missing(database: Database, message_id: int) -> None:
    if not database.execute(_SAID_BY_A_MODEL, (message_id,)).fetchone():
        raise ConversationGone
