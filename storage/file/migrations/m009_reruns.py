"""A rerun asks another model, or with other parameters, what the user asked in a conversation.

What is asked and what comes are messages and replies of that conversation, in branches of their own; kept besides is
which new message answers which original one. `rerun_replies` has every message that a rerun wrote, those too that
were broken off. Its messages are no foreign keys: each message that is removed would be looked for in all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m009_reruns(database: Database) -> None:
    database.executescript("""
        CREATE TABLE reruns (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            conversation_id TEXT NOT NULL REFERENCES conversations(id),
            created_at TEXT NOT NULL,
            state TEXT NOT NULL,
            way TEXT NOT NULL,
            connection TEXT NOT NULL,
            model TEXT NOT NULL,
            parameters TEXT NOT NULL
        ) STRICT;
        CREATE INDEX reruns_by_conversation ON reruns(conversation_id);

        CREATE TABLE rerun_turns (
            rerun_id TEXT NOT NULL REFERENCES reruns(id),
            turn INTEGER NOT NULL,
            prompt_id INTEGER NOT NULL,
            original_id INTEGER,
            asked_id INTEGER,
            message_id INTEGER,
            PRIMARY KEY (rerun_id, turn)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rerun_replies (
            rerun_id TEXT NOT NULL REFERENCES reruns(id),
            message_id INTEGER NOT NULL,
            PRIMARY KEY (rerun_id, message_id)
        ) STRICT, WITHOUT ROWID;
    """)
