"""A message may have several replies, what holds for every conversation is kept, and spending is summed by time.

A reply that was cut can be continued by a second request: both are replies of the one message, and `text_start`
is how many code points of its text stood before the reply. `requests` counts how often it was sent, retries too.
SQLite cannot drop the constraint that allowed one reply a message, so the table is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m002_continuations_and_preferences(database: Database) -> None:
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
