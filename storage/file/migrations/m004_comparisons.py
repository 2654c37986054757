"""A comparison asks several columns of settings the same; each keeps a history of its own, and so does each repetition.

So each of them is a conversation, which no list of chats shows: it is recorded, priced and removed as any other is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m004_comparisons(database: Database) -> None:
    database.executescript("""
        CREATE TABLE comparisons (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            activity INTEGER NOT NULL UNIQUE,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT,
            repetitions INTEGER NOT NULL,
            blind INTEGER NOT NULL,
            revealed INTEGER NOT NULL DEFAULT 0,
            title TEXT NOT NULL,
            columns TEXT NOT NULL
        ) STRICT;
        CREATE INDEX comparisons_shown ON comparisons(activity) WHERE deleted_at IS NULL;
        CREATE INDEX comparisons_deleted ON comparisons(deleted_at) WHERE deleted_at IS NOT NULL;

        CREATE TABLE comparison_conversations (
            comparison_id TEXT NOT NULL REFERENCES comparisons(id),
            column INTEGER NOT NULL,
            repetition INTEGER NOT NULL,
            conversation_id TEXT NOT NULL UNIQUE REFERENCES conversations(id),
            PRIMARY KEY (comparison_id, column, repetition)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE votes (
            comparison_id TEXT NOT NULL REFERENCES comparisons(id),
            turn INTEGER NOT NULL,
            repetition INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            voted_at TEXT NOT NULL,
            PRIMARY KEY (comparison_id, turn, repetition)
        ) STRICT, WITHOUT ROWID;
    """)
