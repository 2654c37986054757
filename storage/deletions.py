"""Deletions that can still be taken back: of conversations, experiments and comparisons alike."""

from datetime import UTC, datetime, timedelta

from storage.columns import moment
from storage.file.database import DatabaseFile
from storage.records import Deleted


def recently_deleted(file: DatabaseFile, whole: str, within: timedelta) -> list[Deleted]:
    """What was deleted less than that long ago, in the order of the deletions.

    `whole` names the table and says which of its rows are whole: one that is half purged cannot be restored.
    """
    between = "deleted_at > ? AND deleted_at <= ? ORDER BY deleted_at, rowid"
    query = f"SELECT id, title, deleted_at FROM {whole} AND {between}"
    present = datetime.now(UTC)
    with file.read() as connection:
        rows = connection.execute(query, (moment(present - within), moment(present))).fetchall()
    return [Deleted(id_, title, datetime.fromisoformat(deleted)) for id_, title, deleted in rows]
