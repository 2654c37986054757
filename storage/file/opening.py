"""Bringing a database file into being and up to date, without ever losing what it held."""

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from storage.errors import StorageError
from storage.file.backups import aside, back_up, remove_unfinished
from storage.file.disk import connect, connect_to_read, connect_to_write, damaged, sentences
from storage.file.migrations import Migration

# One migration at a time in a process: threads wait here as long as it takes, not only as long as for a lock.
_OPENING = threading.Lock()


def prepare(path: Path, migrations: Sequence[Migration]) -> None:
    """Makes `path` a database of the newest schema: creates a missing file, migrates an older one after a backup.

    Raises StorageError, and leaves the file as it was, when its schema is newer or when it is not a sound database.
    """
    names = [migration.__name__ for migration in migrations]
    with _OPENING, sentences(path):
        if not path.exists():
            _create(path, migrations)
        elif _schema(path, names) < len(names):
            _upgrade(path, migrations)


def _create(path: Path, migrations: Sequence[Migration]) -> None:
    """The file appears complete or not at all: a process killed halfway leaves nothing that looks like data."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:  # SQLite would replay a stranger's log into the new file
        raise StorageError(
            f"{path} is missing but {log.name} is there. Put both back or move it away, then start again."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with aside(path, "making") as new:
        with closing(connect(new, "rwc")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, migrations)
        _place(new, path)


def _place(new: Path, path: Path) -> None:
    """Gives the finished file its name; when another process was faster, its file stays."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        new.rename(path)


def _schema(path: Path, names: Sequence[str]) -> int:
    """How many of the migrations the file has; read only, so that a refused file stays the same to the byte."""
    if path.stat().st_size == 0:
        raise damaged(path)
    with closing(connect_to_read(path)) as connection:
        applied = _applied(connection)
    if not applied:
        raise damaged(path)
    if applied != names[: len(applied)]:
        raise StorageError(f"{path} was written by a newer playground. Update the playground, then start it again.")
    return len(applied)


def _applied(connection: sqlite3.Connection) -> list[str]:
    """Names of the applied migrations, from the table of sqlite_utils.Migrations (read without importing it)."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = '_sqlite_migrations'").fetchone():
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'playground' ORDER BY id")
    return [name for (name,) in rows]


def _upgrade(path: Path, migrations: Sequence[Migration]) -> None:
    with closing(connect_to_write(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")  # from here on nothing can be written that the backup would lack
        applied = len(_applied(connection))
        if applied < len(migrations):
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise damaged(path)
            remove_unfinished(path)
            back_up(path, applied)
            _migrate(connection, migrations)
        connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Applies what is pending, inside the transaction that is open, if any; each is recorded with its effect."""
    from sqlite_utils import Database, Migrations

    numbered = Migrations("playground")
    for migration in migrations:
        numbered(name=migration.__name__)(migration)
    numbered.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
