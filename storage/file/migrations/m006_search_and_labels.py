"""Words are found by an index, and conversations are pinned, archived and tagged.

The list in the sidebar shows what is neither pinned nor archived, and pinned ones above it: each has an index, so that
none is read which is not shown. Searches ask which messages are of a model or of a time, without reading their texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.search.index import SCHEMA, put_all

if TYPE_CHECKING:
    from sqlite_utils import Database


def m006_search_and_labels(database: Database) -> None:
    database.executescript("""
        ALTER TABLE conversations ADD COLUMN pinned_at TEXT;
        ALTER TABLE conversations ADD COLUMN archived_at TEXT;
        DROP INDEX conversations_shown;
        CREATE INDEX conversations_shown ON conversations(activity)
            WHERE deleted_at IS NULL AND purpose = 'chat' AND pinned_at IS NULL AND archived_at IS NULL;
        CREATE INDEX conversations_kept ON conversations(activity) WHERE deleted_at IS NULL AND purpose = 'chat';
        CREATE INDEX conversations_pinned ON conversations(pinned_at) WHERE pinned_at IS NOT NULL;
        CREATE INDEX conversations_archived ON conversations(archived_at) WHERE archived_at IS NOT NULL;
        CREATE INDEX messages_by_time ON messages(created_at);
        CREATE INDEX replies_by_model ON replies(model, message_id) WHERE purpose IN ('chat', 'rerun');

        CREATE TABLE conversation_tags (
            conversation_id TEXT NOT NULL REFERENCES conversations(id),
            tag TEXT NOT NULL,
            PRIMARY KEY (conversation_id, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX conversation_tags_by_tag ON conversation_tags(tag);
    """)
    database.executescript(SCHEMA)
    put_all(database)
