"""The connections that read: lent from a small stock, because Streamlit makes a new thread for each run."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.file.disk import FrozenConnection, connect_to_read

IDLE_READERS = 4


class Readers:
    """Read-only connections to a file, for all threads; after `close` none is kept.

    They are plain sqlite3: importing sqlite_utils (and with it pandas, 0.3 s) can then wait until something is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lending = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """A connection whose rows have names."""
        connection = self._borrow()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Closes every connection; one that is lent is closed when it comes back."""
        with self._lending:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _borrow(self) -> sqlite3.Connection:
        with self._lending:
            if self._idle:
                return self._idle.pop()
        connection = connect_to_read(self._path)
        connection.row_factory = sqlite3.Row
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lending:
            kept = not self._closed and len(self._idle) < IDLE_READERS
            if kept and not isinstance(connection, FrozenConnection):
                self._idle.append(connection)
                return
        connection.close()
