"""A conversation that came from elsewhere keeps what it was called there, so that it does not come in twice.

Its replies are marked: what they cost was not spent here, and is no part of what a day or a month may cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m010_imports(database: Database) -> None:
    database.executescript("""
        ALTER TABLE conversations ADD COLUMN source TEXT;
        CREATE INDEX conversations_by_source ON conversations(source) WHERE source IS NOT NULL;

        ALTER TABLE replies ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
        DROP INDEX replies_by_start;
        CREATE INDEX replies_by_start ON replies(started_at, cost, imported);
    """)
