"""Messages pinned as moments, in the order in which they are presented, each with a caption.

A message may be a moment once. The caption is the presenter's: it goes with the conversation when that is removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m008_moments(database: Database) -> None:
    database.executescript("""
        CREATE TABLE moments (
            message_id INTEGER PRIMARY KEY NOT NULL REFERENCES messages(id),
            conversation_id TEXT NOT NULL REFERENCES conversations(id),
            position INTEGER NOT NULL,
            caption TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX moments_by_conversation ON moments(conversation_id, position);
    """)
