"""The SQLite file: one writer, a few readers, and what keeps it from being written."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import DiskTrouble, StorageError
from storage.file.disk import (
    LOCK_WAIT_SECONDS,
    SHORT_WAIT_SECONDS,
    connect_to_write,
    in_use,
    sentences,
    wait_at_most,
)
from storage.file.readers import Readers

if TYPE_CHECKING:
    from sqlite_utils import Database

PROBE_BYTES = 256 * 1024  # as much as a turn may need; less finds room where one that failed had reserved some


class DatabaseFile:
    """An existing database file, shared by all threads.

    The only writer is also the only checkpointer, which keeps clear of the WAL-reset bug of SQLite 3.7.0-3.51.2.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._readers = Readers(path)
        self._closed = False
        self._writer: sqlite3.Connection | None = None
        self._database: Database | None = None
        self._trouble = ""
        try:
            self._connect_writer()
        except DiskTrouble as trouble:  # what is there can be read all the same
            self._trouble = str(trouble)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection whose rows have names. Each query sees one state of the file, whatever is written."""
        with sentences(self.path):
            self._refuse_closed()
            with self._readers.lend() as connection:
                yield connection

    @contextmanager
    def write(self) -> Iterator[Database]:
        """The writer inside BEGIN IMMEDIATE: all of it is committed, or none.

        Waits LOCK_WAIT_SECONDS at most, for other writers here and other programs together, then raises DiskTrouble.
        """
        with self._turn() as patience, self._transaction(patience) as database:
            yield database

    def trouble(self) -> str:
        """Why nothing can be written, as a sentence; "" if the last write succeeded or one does now."""
        if self._trouble and self._writing.acquire(blocking=False):
            try:
                self._try_to_write()
            finally:
                self._writing.release()
        return self._trouble

    def warm(self) -> None:
        """Imports what the first write needs, so that it need not wait for it."""
        with self._turn() as patience:
            self._writable(patience)

    def checkpoint(self) -> bool:
        """Moves the write-ahead log into the file and empties it; False if a reader was in the way."""
        with self._turn(), sentences(self.path):
            writer = self._connected(SHORT_WAIT_SECONDS)
            return not writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Closes every connection; a reader that is lent is closed when it comes back."""
        self._closed = True
        self._readers.close()
        with self._writing, sentences(self.path):
            if self._writer:
                self._writer.close()

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """The writer to oneself; gives the seconds that are left to wait for other programs."""
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        if not self._writing.acquire(timeout=LOCK_WAIT_SECONDS):
            raise in_use(self.path)
        try:
            yield max(0.0, deadline - time.monotonic())
        finally:
            self._writing.release()

    @contextmanager
    def _transaction(self, patience: float) -> Iterator[Database]:
        try:
            with sentences(self.path):
                database = self._writable(patience)
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                    database.commit()
                except BaseException:
                    database.rollback()
                    raise
        except DiskTrouble as trouble:
            self._trouble = str(trouble)
            raise
        self._trouble = ""

    def _try_to_write(self) -> None:
        with suppress(StorageError), self._transaction(SHORT_WAIT_SECONDS) as database:
            database.execute("INSERT INTO preferences (name, value) VALUES ('', hex(zeroblob(?)))", (PROBE_BYTES // 2,))
            database.execute("DELETE FROM preferences WHERE name = ''")

    def _writable(self, patience: float) -> Database:
        writer = self._connected(patience)
        if self._database is None:
            from sqlite_utils import Database

            self._database = Database(writer, recursive_triggers=False, execute_plugins=False)
        return self._database

    def _connected(self, patience: float) -> sqlite3.Connection:
        """The writer, which waits so long for a lock."""
        self._refuse_closed()
        writer = self._writer or self._connect_writer(patience)
        wait_at_most(writer, patience)
        return writer

    def _connect_writer(self, patience: float = LOCK_WAIT_SECONDS) -> sqlite3.Connection:
        with sentences(self.path):
            writer = connect_to_write(self.path, patience)
            writer.execute("PRAGMA foreign_keys = ON")
            writer.execute("PRAGMA synchronous = NORMAL")
        self._writer = writer
        return writer

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageError("The conversations are closed. Start the playground again.")
