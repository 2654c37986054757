"""What SQLite and the disk say about the file: connections to it, and their errors as sentences."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import DiskTrouble

LOCK_WAIT_SECONDS = 5.0
SHORT_WAIT_SECONDS = 0.1  # where one asks again later

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


class FrozenConnection(sqlite3.Connection):
    """Reads a file that nobody can change now; it would not see it if somebody could later."""


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turns what SQLite or the file system says about `path` into DiskTrouble; our own errors pass through."""
    try:
        yield
    except sqlite3.Error as error:
        sentence = _SENTENCES.get(primary_code(error))
        if sentence is None:
            raise
        raise DiskTrouble(sentence.format(path=path)) from error
    except OSError as error:
        raise DiskTrouble(_CANNOT_WRITE.format(path=path)) from error


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's code without its details, which stand above the low byte: https://www.sqlite.org/rescode.html"""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def damaged(path: Path) -> DiskTrouble:
    """The error for a file that is not what it should be."""
    return DiskTrouble(_DAMAGED.format(path=path))


def in_use(path: Path) -> DiskTrouble:
    """The error for a file that others kept busy for longer than one waits."""
    return DiskTrouble(_IN_USE.format(path=path))


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in SQLite's URI `mode` (ro, rw, rwc) that waits for locks and begins no transaction by itself."""
    return _connect(path, f"mode={mode}")


def connect_to_write(path: Path, patience: float = LOCK_WAIT_SECONDS) -> sqlite3.Connection:
    """A connection to an existing file that leaves nothing of what it removes in free pages.

    It waits `patience` seconds for a lock.
    """
    if not os.access(path, os.W_OK):  # SQLite would open it all the same, and make files beside it that stay read-only
        raise PermissionError(path)
    connection = _connect(path, "mode=rw", patience)
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that reads, also where SQLite cannot make the files beside it that it shares with a writer."""
    log = path.with_name(f"{path.name}-wal")
    if all(os.access(place, os.W_OK) for place in (path, path.parent)) or (log.exists() and log.stat().st_size):
        return connect(path, "ro")
    return _connect(path, "mode=ro&immutable=1", kind=FrozenConnection)


def wait_at_most(connection: sqlite3.Connection, seconds: float) -> None:
    """From now on the connection waits so long for a lock."""
    connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}").fetchone()


def _connect(
    path: Path, options: str, patience: float = LOCK_WAIT_SECONDS, kind: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        factory=kind,
    )
