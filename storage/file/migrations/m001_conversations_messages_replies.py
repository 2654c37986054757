"""The first schema.

Messages form a tree, so that a regeneration stands beside what it replaces; a conversation points at its open leaf.
A reply outlives its message when a conversation is purged: what was spent stays known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m001_conversations_messages_replies(database: Database) -> None:
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
