"""One playground at a time on one folder of data: a second would take the first one's replies for interrupted."""

import sqlite3
from pathlib import Path

from storage.errors import StorageError


class DataLock:
    """Held from its making until `close`, or until its process ends however that ends.

    A lock of SQLite's on a file of its own beside the database: it works on every system and leaves nothing behind
    that a killed process would have to clear. Raises StorageError if another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                folder / "playground.lock", timeout=0.5, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"Nothing can be written to {folder}. Make it writable, or set PLAYGROUND_DATA."
            ) from error
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            self._connection.close()
            raise StorageError(
                "Another playground already runs on these conversations. Use its window, or set PLAYGROUND_DATA."
            ) from error

    def close(self) -> None:
        """Let another playground have the folder."""
        self._connection.close()
