"""A conversation that came from elsewhere keeps what it was called there, so that it does not come in twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m010_imports(database: Database) -> None:
    database.executescript("""
        ALTER TABLE conversations ADD COLUMN source TEXT;
        CREATE INDEX conversations_by_source ON conversations(source) WHERE source IS NOT NULL;
    """)
