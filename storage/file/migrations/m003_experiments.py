"""An experiment keeps its plan; each of its runs is a conversation of its own, which no list of chats shows.

So a run is recorded, priced, resumed and removed as any reply is. A recorded run may serve several experiments:
where it was `adopted`, it was paid for elsewhere. A row that `judges` leads to what a judge said of the run of the
same cell and repetition. Replies have the purpose too: it is still known of one whose conversation was purged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m003_experiments(database: Database) -> None:
    database.executescript("""
        ALTER TABLE conversations ADD COLUMN purpose TEXT NOT NULL DEFAULT 'chat';
        DROP INDEX conversations_shown;
        CREATE INDEX conversations_shown ON conversations(activity) WHERE deleted_at IS NULL AND purpose = 'chat';
        ALTER TABLE replies ADD COLUMN purpose TEXT NOT NULL DEFAULT 'chat';
        DROP INDEX replies_by_connection;
        CREATE INDEX replies_by_connection ON replies(connection) WHERE purpose = 'chat';

        CREATE TABLE experiments (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            state TEXT NOT NULL,
            deleted_at TEXT,
            title TEXT NOT NULL,
            plan TEXT NOT NULL
        ) STRICT;
        CREATE INDEX experiments_by_state ON experiments(state) WHERE deleted_at IS NULL;
        CREATE INDEX experiments_deleted ON experiments(deleted_at) WHERE deleted_at IS NOT NULL;

        CREATE TABLE runs (
            experiment_id TEXT NOT NULL REFERENCES experiments(id),
            cell_id TEXT NOT NULL,
            repetition INTEGER NOT NULL,
            judges INTEGER NOT NULL,
            adopted INTEGER NOT NULL DEFAULT 0,
            conversation_id TEXT NOT NULL REFERENCES conversations(id),
            PRIMARY KEY (experiment_id, cell_id, repetition, judges),
            UNIQUE (experiment_id, conversation_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX runs_by_cell ON runs(cell_id);
        CREATE INDEX runs_by_conversation ON runs(conversation_id);
    """)
