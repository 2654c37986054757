"""The SQLite file: one writer, a few readers, and what keeps it from being written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import DiskTrouble, StorageError
from storage.file.disk import briefly, connect_to_write, sentences
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
        """The writer inside BEGIN IMMEDIATE: all of it is committed, or none."""
        with self._writing, self._transaction() as database:
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
        with self._writing:
            self._writable()

    def checkpoint(self) -> bool:
        """Moves the write-ahead log into the file and empties it; False if a reader was in the way."""
        with self._writing, sentences(self.path), briefly(self._connected()) as writer:
            return not writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Closes every connection; a reader that is lent is closed when it comes back."""
        self._closed = True
        self._readers.close()
        with self._writing, sentences(self.path):
            if self._writer:
                self._writer.close()

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        try:
            with sentences(self.path):
                database = self._writable()
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
        with suppress(StorageError), briefly(self._connected()), self._transaction() as database:
            database.execute("INSERT INTO preferences (name, value) VALUES ('', hex(zeroblob(?)))", (PROBE_BYTES // 2,))
            database.execute("DELETE FROM preferences WHERE name = ''")

    def _writable(self) -> Database:
        writer = self._connected()
        if self._database is None:
            from sqlite_utils import Database

            self._database = Database(writer, recursive_triggers=False, execute_plugins=False)
        return self._database

    def _connected(self) -> sqlite3.Connection:
        self._refuse_closed()
        return self._writer or self._connect_writer()

    def _connect_writer(self) -> sqlite3.Connection:
        with sentences(self.path):
            writer = connect_to_write(self.path)
            writer.execute("PRAGMA foreign_keys = ON")
            writer.execute("PRAGMA synchronous = NORMAL")
        self._writer = writer
        return writer

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageError("The conversations are closed. Start the playground again.")
