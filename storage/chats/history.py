"""What was said up to a message, read from the newest on and no further than somebody looks."""

from collections.abc import Iterator

from llm.types import Message
from storage.chats.branch import MESSAGE, branch_from
from storage.file.database import DatabaseFile

FEW = 50  # messages that are read at first; each time after that as many as before in all

_COUNT = f"""
    {branch_from(MESSAGE)}
    SELECT count(*) FROM branch b WHERE role = 'user' OR (SELECT text <> '' FROM messages m WHERE m.id = b.id)
"""
_NEWEST = f"""
    {branch_from(MESSAGE, "LIMIT :most")}
    SELECT m.id, m.parent_id, m.role, m.text FROM branch b JOIN messages m ON m.id = b.id ORDER BY b.id DESC
"""


class History:
    """The messages from the root to one, with their ids, as a request sends them: without empty replies.

    For one thread. Reading raises StorageError as every room of the store does.
    """

    def __init__(self, file: DatabaseFile, message_id: int) -> None:
        self._file = file
        self._next: int | None = message_id  # the newest message that is not read
        self._said: list[tuple[int, Message]] = []  # the newest first
        self._length: int | None = None

    def __len__(self) -> int:
        if self._next is None:
            return len(self._said)
        if self._length is None:
            with self._file.read() as connection:
                self._length = len(self._said) + connection.execute(_COUNT, {"message_id": self._next}).fetchone()[0]
        return self._length

    def __reversed__(self) -> Iterator[tuple[int, Message]]:
        place = 0
        while place < len(self._said) or self._read_on():
            yield self._said[place]
            place += 1

    def _read_on(self) -> bool:
        """Read some more; False if there is nothing more that was said."""
        before = len(self._said)
        while len(self._said) == before and self._next is not None:
            values = {"message_id": self._next, "most": max(FEW, before)}
            with self._file.read() as connection:
                rows = connection.execute(_NEWEST, values).fetchall()
            said = (row for row in rows if row["role"] == "user" or row["text"])
            self._said += [(row["id"], Message(row["role"], row["text"])) for row in said]
            self._next = rows[-1]["parent_id"] if rows else None
        return len(self._said) > before
