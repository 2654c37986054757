"""Removing what was deleted for good: from the file, its log and its backups. What it cost stays."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.columns import moment
from storage.exchange.schema import PARTS, REPLIES
from storage.file.backups import backups_of, remove, remove_unfinished
from storage.file.database import DatabaseFile
from storage.file.disk import SHORT_WAIT_SECONDS, connect_to_write, primary_code, sentences
from storage.search.index import begin_merge, merge, take_conversation

_DUE = """
    SELECT id, EXISTS (
        SELECT 1 FROM messages m JOIN replies r ON r.message_id = m.id
        WHERE m.conversation_id = conversations.id AND r.status = 'streaming') AS streams
    FROM conversations WHERE deleted_at <= :latest OR deleted_at > :now
"""
_DUE_EXPERIMENTS = "SELECT id FROM experiments WHERE deleted_at <= :latest OR deleted_at > :now"
_DUE_COMPARISONS = "SELECT id FROM comparisons WHERE deleted_at <= :latest OR deleted_at > :now"
# The hash goes too: it would confirm a guess at the text. So do the chunk ends: word lengths betray words.
FORGOTTEN = {
    "message_id": "NULL",
    "text_start": "0",
    "parameters": "NULL",
    "sent": "NULL",
    "context_ids": "NULL",
    "reasoning": "''",
    "chunk_times": "NULL",
    "request_hash": "NULL",
    "request_id": "NULL",
    "echoed": "NULL",
    "error_text": "NULL",
    "error_detail": "NULL",
}
# What else belongs to a conversation is removed, what refers to another part before that.
_REMOVED = tuple(table for table in reversed(PARTS) if table is not REPLIES)


@dataclass(frozen=True, slots=True)
class Doomed:
    """The ids of what is to be removed."""

    conversations: Sequence[str]
    experiments: Sequence[str]
    comparisons: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.conversations or self.experiments or self.comparisons)


def purge(file: DatabaseFile, older_than: timedelta) -> bool:
    """Removes what was deleted so long ago; False if something is left, which another call may find free.

    What was deleted in the future is due too: the clock has been set back since. What was emptied remains until its
    text is nowhere else, so that the next process takes up what a killed one had begun. A damaged backup, in which
    nothing can be removed, is removed as a whole; one that cannot be written now is left, and others are cleaned.
    """
    with file.read() as connection:
        doomed, waiting = _due(connection, older_than)
    if not doomed:
        return not waiting
    with file.write() as database:
        doomed, waiting = _due(database.conn, older_than)  # anew: it may have been restored before we could write
        remove_unfinished(file.path)
        _forget(database.conn, doomed)
        more = begin_merge(database.conn)
    while more:  # in steps, for one of which a prompt may have to wait
        with file.write() as database:
            more = merge(database.conn)
    if doomed and not (file.checkpoint() and _forgotten_in_backups(file.path, doomed)):
        return False
    with file.write() as database:
        _drop(database.conn, doomed)
    return not waiting


def _due(connection: sqlite3.Connection, older_than: timedelta) -> tuple[Doomed, bool]:
    """What can be removed now, and whether anything else is due that must wait for its reply to end."""
    now = datetime.now(UTC)  # not taken earlier: what was deleted since would seem to lie in the future
    times = {"latest": moment(now - older_than), "now": moment(now)}
    rows = connection.execute(_DUE, times).fetchall()
    doomed = Doomed(
        [id_ for id_, streams in rows if not streams],
        [id_ for (id_,) in connection.execute(_DUE_EXPERIMENTS, times)],
        [id_ for (id_,) in connection.execute(_DUE_COMPARISONS, times)],
    )
    return doomed, any(streams for _, streams in rows)


def _forgotten_in_backups(path: Path, doomed: Doomed) -> bool:
    """Whether every backup is rid of all this now; one that is not keeps no other from being cleaned."""
    with sentences(path):
        return all([_forgotten_in_backup(backup, doomed) for backup in backups_of(path)])


def _forgotten_in_backup(backup: Path, doomed: Doomed) -> bool:
    try:
        return _clean(backup, doomed)
    except OSError:  # it can only be read, or not even removed
        return False


def _clean(backup: Path, doomed: Doomed) -> bool:
    try:
        with closing(connect_to_write(backup, SHORT_WAIT_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            _forget(connection, doomed)
            _drop(connection, doomed)
            if _columns(connection, "message_words"):
                more = begin_merge(connection)
                while more:
                    more = merge(connection)
            connection.execute("COMMIT")
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        if primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            remove(backup)  # nothing can be restored from it, yet the text may be in it
            return True
        return primary_code(error) == sqlite3.SQLITE_ERROR  # it has no such tables: not ours


def _forget(connection: sqlite3.Connection, doomed: Doomed) -> None:
    """Empties what is doomed, whatever the schema; the figures of the replies stay."""
    known = _columns(connection, "replies")
    changes = ", ".join(f"{name} = {value}" for name, value in FORGOTTEN.items() if name in known)
    conversations = [(id_,) for id_ in doomed.conversations]
    if _columns(connection, "message_words"):
        for conversation_id in doomed.conversations:
            take_conversation(connection, conversation_id)
    emptied = "UPDATE conversations SET leaf_id = NULL, title = '', parameters = '{}' WHERE id = ?"
    connection.executemany(emptied, conversations)
    connection.executemany(f"UPDATE replies SET {changes} WHERE {REPLIES.of_conversation}", conversations)
    for table in _REMOVED:
        if _columns(connection, table.name):
            connection.executemany(f"DELETE FROM {table.name} WHERE {table.of_conversation}", conversations)
    if _columns(connection, "experiments"):
        experiments = [(id_,) for id_ in doomed.experiments]
        connection.executemany("UPDATE experiments SET title = '', plan = '' WHERE id = ?", experiments)
    if _columns(connection, "comparisons"):
        comparisons = [(id_,) for id_ in doomed.comparisons]
        connection.executemany("UPDATE comparisons SET title = '', columns = '' WHERE id = ?", comparisons)


def _drop(connection: sqlite3.Connection, doomed: Doomed) -> None:
    conversations, experiments, comparisons = (
        [(id_,) for id_ in ids] for ids in (doomed.conversations, doomed.experiments, doomed.comparisons)
    )
    if _columns(connection, "experiments"):
        connection.executemany("DELETE FROM runs WHERE conversation_id = ?", conversations)
        connection.executemany("DELETE FROM runs WHERE experiment_id = ?", experiments)
        connection.executemany("DELETE FROM experiments WHERE id = ?", experiments)
    if _columns(connection, "comparisons"):
        connection.executemany("DELETE FROM comparison_conversations WHERE conversation_id = ?", conversations)
        for table in ("comparison_conversations", "votes"):
            connection.executemany(f"DELETE FROM {table} WHERE comparison_id = ?", comparisons)
        connection.executemany("DELETE FROM comparisons WHERE id = ?", comparisons)
    connection.executemany("DELETE FROM conversations WHERE id = ?", conversations)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The names of a table's columns; none if there is no such table."""
    return {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
