"""The SQLite file: one writer, a few readers, and SQLite's errors as sentences."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from sqlite_utils import Database

LOCK_WAIT_SECONDS = 5.0
IDLE_READERS = 4

_CANNOT_WRITE = (
    "{path} cannot be opened or written. Check that you may write to this file and its folder, then try again."
)
_DAMAGED = "{path} is damaged or not a database. Move it away or put a backup in its place, then start again."
_IN_USE = "Another program is using {path}. Close it, then try again."
_SENTENCES = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_FULL: "There is no space left for {path}. Free some space on the disk, then try again.",
    sqlite3.SQLITE_IOERR: "The disk failed to read or write {path}. Check the disk and its space, then try again.",
    sqlite3.SQLITE_READONLY: _CANNOT_WRITE,
    sqlite3.SQLITE_PERM: _CANNOT_WRITE,
    sqlite3.SQLITE_CANTOPEN: _CANNOT_WRITE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turns what SQLite or the file system says about `path` into a StorageError; our own errors pass through."""
    try:
        yield
    except sqlite3.Error as error:
        # An extended result code carries its primary code in the low byte: https://www.sqlite.org/rescode.html
        sentence = _SENTENCES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if sentence is None:
            raise
        raise StorageError(sentence.format(path=path)) from error
    except OSError as error:
        raise StorageError(_CANNOT_WRITE.format(path=path)) from error


def damaged(path: Path) -> StorageError:
    """The error for a file that is not what it should be."""
    return StorageError(_DAMAGED.format(path=path))


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in SQLite's URI `mode` (ro, rw, rwc) that waits for locks and begins no transaction by itself."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=LOCK_WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


class DatabaseFile:
    """An existing database file, shared by all threads.

    The only writer is also the only checkpointer, which keeps clear of the WAL-reset bug of SQLite 3.7.0-3.51.2.
    Readers are lent from a small stock because Streamlit makes a new thread for each run.
    They are plain sqlite3: importing sqlite_utils (and with it pandas, 0.3 s) can then wait until something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._lending = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._database: Database | None = None
        with sentences(path):
            self._writer = connect(path, "rw")
            self._writer.execute("PRAGMA foreign_keys = ON")
            self._writer.execute("PRAGMA synchronous = NORMAL")
            self._writer.execute("PRAGMA secure_delete = ON")  # what is purged must not linger in free pages

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection whose rows have names. Each query sees one state of the file, whatever is written."""
        with sentences(self.path):
            connection = self._borrow()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def write(self) -> Iterator[Database]:
        """The writer inside BEGIN IMMEDIATE: all of it is committed, or none."""
        with self._writing, sentences(self.path):
            database = self._writable()
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.commit()
            except BaseException:
                database.rollback()
                raise

    def warm(self) -> None:
        """Imports what the first write needs, so that it need not wait for it."""
        with self._writing:
            self._writable()

    def fold_log(self) -> None:
        """Moves the write-ahead log into the file and empties it, as far as no reader is in the way."""
        with self._writing, sentences(self.path):
            self._writable().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Closes every connection; a reader that is lent is closed when it comes back."""
        with self._lending:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        with self._writing, sentences(self.path):
            self._writer.close()

    def _writable(self) -> Database:
        self._refuse_closed()
        if self._database is None:
            from sqlite_utils import Database

            self._database = Database(self._writer, recursive_triggers=False, execute_plugins=False)
        return self._database

    def _borrow(self) -> sqlite3.Connection:
        with self._lending:
            self._refuse_closed()
            if self._idle:
                return self._idle.pop()
        connection = connect(self.path, "ro")
        connection.row_factory = sqlite3.Row
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lending:
            if not self._closed and len(self._idle) < IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageError("The conversations are closed. Start the playground again.")
