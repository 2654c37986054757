"""Copies of the file that are made beside it before a migration."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from storage.file.disk import connect

BACKUPS_KEPT = 3

_COMPANIONS = ("-wal", "-shm", "-journal")  # files of SQLite's beside a database that is open or was cut off


def back_up(path: Path, schema: int) -> None:
    """Copies the file to one beside it, and of the older copies keeps the last ones."""
    backup = path.with_name(f"{path.name}.backup-{schema}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    with aside(path, "copying") as copy:
        with closing(connect(path, "ro")) as source, closing(connect(copy, "rwc")) as target:
            source.backup(target)
        copy.rename(backup)
    older = [file for file in backups_of(path) if file != backup]
    for file in older[: -(BACKUPS_KEPT - 1)]:
        remove(file)


def backups_of(path: Path) -> list[Path]:
    """The copies that are there, oldest first."""
    files = [file for file in path.parent.iterdir() if file.name.startswith(f"{path.name}.backup-")]
    backups = [file for file in files if not file.name.endswith(_COMPANIONS)]
    return sorted(backups, key=lambda file: file.name.rpartition("-")[2])


def remove(backup: Path) -> None:
    """Removes a copy and what SQLite may have left beside it."""
    for ending in ("", *_COMPANIONS):
        backup.with_name(backup.name + ending).unlink(missing_ok=True)


def remove_unfinished(path: Path) -> None:
    """Removes the copies that a killed process began; only while nobody else can be making one."""
    for folder in path.parent.iterdir():
        if folder.name.startswith(f"{path.name}.copying."):
            rmtree(folder)


@contextmanager
def aside(path: Path, purpose: str) -> Iterator[Path]:
    """A name on the same disk for a file in the making; gone afterwards."""
    with TemporaryDirectory(prefix=f"{path.name}.{purpose}.", dir=path.parent) as folder:
        yield Path(folder) / path.name
