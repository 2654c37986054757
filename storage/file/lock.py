"""One playground at a time on one folder of data: a second would take the first one's replies for interrupted."""

import os
import sqlite3
from pathlib import Path

from storage.errors import StorageError

_HELD = "Another playground already runs on these conversations. Use its window, or set PLAYGROUND_DATA."


class DataLock:
    """Held from its making until `close`, or until its process ends however that ends.

    A lock of SQLite's on a file of its own beside the database: it works on every system and leaves nothing behind
    that a killed process would have to clear. In a folder that cannot be written, whose conversations can be read all
    the same, the folder itself is locked. Raises StorageError if another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        self._descriptor: int | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._descriptor = _lock_folder(folder)
            if os.access(folder, os.W_OK):
                self._connection = _lock_file(folder)
        except BlockingIOError as error:
            raise StorageError(_HELD) from error
        except (OSError, sqlite3.Error) as error:
            self.close()
            held = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            sentence = f"Nothing can be written to {folder}. Make it writable, or set PLAYGROUND_DATA."
            raise StorageError(_HELD if held else sentence) from error

    def close(self) -> None:
        """Let another playground have the folder."""
        if self._connection:
            self._connection.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._connection = self._descriptor = None


def _lock_file(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "playground.lock", timeout=0.5, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _lock_folder(folder: Path) -> int | None:
    """A descriptor that locks the folder, where the system can do that; raises BlockingIOError if it is locked."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:  # a network's file system
        os.close(descriptor)
        return None
    return descriptor
