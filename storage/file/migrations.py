"""The schema, as numbered migrations. Append; never change one that has been released.

Conventions: text columns that can be long stand last in their table, so that reading the figures before them does not
touch their pages. Times are UTC ISO 8601, for reading; order is by `activity`, `messages.id` and `sequence`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

Migration = Callable[["Database"], None]


def m001_conversations_messages_replies(database: Database) -> None:
    """The first schema.

    Messages form a tree, so that a regeneration stands beside what it replaces; a conversation points at its open leaf.
    A reply outlives its message when a conversation is purged: what was spent stays known.
    """
    database.executescript("""
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY NOT NULL,
            activity INTEGER NOT NULL UNIQUE,
            leaf_id INTEGER REFERENCES messages(id),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT,
            title TEXT NOT NULL,
            connection TEXT NOT NULL,
            model TEXT NOT NULL,
            parameters TEXT NOT NULL
        ) STRICT;
        CREATE INDEX conversations_shown ON conversations(activity) WHERE deleted_at IS NULL;
        CREATE INDEX conversations_deleted ON conversations(deleted_at) WHERE deleted_at IS NOT NULL;
        CREATE INDEX conversations_by_leaf ON conversations(leaf_id);

        CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversations(id),
            parent_id INTEGER REFERENCES messages(id),
            role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
            created_at TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX messages_by_conversation ON messages(conversation_id);
        CREATE INDEX messages_by_parent ON messages(parent_id, conversation_id);

        CREATE TABLE replies (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            message_id INTEGER UNIQUE REFERENCES messages(id),
            connection TEXT NOT NULL,
            model TEXT NOT NULL,
            status TEXT NOT NULL,
            finish_reason TEXT,
            started_at TEXT NOT NULL,
            ended_at TEXT,
            first_token_seconds REAL,
            duration_seconds REAL,
            input_tokens INTEGER,
            output_tokens INTEGER,
            cached_tokens INTEGER,
            reasoning_tokens INTEGER,
            estimated_input_tokens INTEGER,
            estimated_output_tokens INTEGER,
            estimated_cached_tokens INTEGER,
            estimated_reasoning_tokens INTEGER,
            cost TEXT,
            cost_provenance TEXT,
            input_price TEXT,
            cached_price TEXT,
            output_price TEXT,
            price_date TEXT,
            price_source TEXT,
            error_kind TEXT,
            error_text TEXT,
            error_detail TEXT,
            request_id TEXT,
            request_hash TEXT,
            parameters TEXT,
            sent TEXT,
            context_ids TEXT,
            reasoning TEXT NOT NULL DEFAULT '',
            chunk_times TEXT
        ) STRICT;
        CREATE INDEX replies_streaming ON replies(status) WHERE status = 'streaming';
        CREATE INDEX replies_by_connection ON replies(connection);
    """)


def m002_continuations_and_preferences(database: Database) -> None:
    """A message may have several replies, what holds for every conversation is kept, and spending is summed by time.

    A reply that was cut can be continued by a second request: both are replies of the one message, and `text_start`
    is how many code points of its text stood before the reply. `requests` counts how often it was sent, retries too.
    SQLite cannot drop the constraint that allowed one reply a message, so the table is made anew.
    """
    database.executescript("""
        CREATE TABLE replies_new (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            message_id INTEGER REFERENCES messages(id),
            text_start INTEGER NOT NULL DEFAULT 0,
            requests INTEGER NOT NULL DEFAULT 1,
            connection TEXT NOT NULL,
            model TEXT NOT NULL,
            status TEXT NOT NULL,
            finish_reason TEXT,
            started_at TEXT NOT NULL,
            ended_at TEXT,
            first_token_seconds REAL,
            duration_seconds REAL,
            input_tokens INTEGER,
            output_tokens INTEGER,
            cached_tokens INTEGER,
            reasoning_tokens INTEGER,
            estimated_input_tokens INTEGER,
            estimated_output_tokens INTEGER,
            estimated_cached_tokens INTEGER,
            estimated_reasoning_tokens INTEGER,
            cost TEXT,
            cost_provenance TEXT,
            input_price TEXT,
            cached_price TEXT,
            output_price TEXT,
            price_date TEXT,
            price_source TEXT,
            error_kind TEXT,
            error_text TEXT,
            error_detail TEXT,
            request_id TEXT,
            request_hash TEXT,
            parameters TEXT,
            sent TEXT,
            context_ids TEXT,
            reasoning TEXT NOT NULL DEFAULT '',
            chunk_times TEXT
        ) STRICT;
        INSERT INTO replies_new
            SELECT sequence, id, message_id, 0, 1, connection, model, status, finish_reason, started_at, ended_at,
                first_token_seconds, duration_seconds, input_tokens, output_tokens, cached_tokens, reasoning_tokens,
                estimated_input_tokens, estimated_output_tokens, estimated_cached_tokens, estimated_reasoning_tokens,
                cost, cost_provenance, input_price, cached_price, output_price, price_date, price_source,
                error_kind, error_text, error_detail, request_id, request_hash, parameters, sent, context_ids,
                reasoning, chunk_times
            FROM replies ORDER BY sequence;
        DROP TABLE replies;
        ALTER TABLE replies_new RENAME TO replies;
        CREATE INDEX replies_by_message ON replies(message_id);
        CREATE INDEX replies_streaming ON replies(status) WHERE status = 'streaming';
        CREATE INDEX replies_by_connection ON replies(connection);
        CREATE INDEX replies_by_start ON replies(started_at, cost);

        CREATE TABLE preferences (name TEXT PRIMARY KEY NOT NULL, value TEXT) STRICT;
    """)


def m003_experiments(database: Database) -> None:
    """An experiment keeps its plan; each of its runs is a conversation of its own, which no list of chats shows.

    So a run is recorded, priced, resumed and removed as any reply is. A recorded run may serve several experiments:
    where it was `adopted`, it was paid for elsewhere. A row that `judges` leads to what a judge said of the run of the
    same cell and repetition. Replies have the purpose too: it is still known of one whose conversation was purged.
    """
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


MIGRATIONS: Sequence[Migration] = (
    m001_conversations_messages_replies,
    m002_continuations_and_preferences,
    m003_experiments,
)
