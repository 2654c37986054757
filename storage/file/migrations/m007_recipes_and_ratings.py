"""A reply keeps what the server said of itself while it answered; and a reply can be rated, with a word or without one.

What was echoed is read only where a recipe is opened: it stands after the chunk times, which are long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m007_recipes_and_ratings(database: Database) -> None:
    database.executescript("""
        ALTER TABLE replies ADD COLUMN echoed TEXT;

        CREATE TABLE ratings (
            message_id INTEGER PRIMARY KEY REFERENCES messages(id),
            thumb TEXT NOT NULL CHECK (thumb IN ('up', 'down')),
            rated_at TEXT NOT NULL,
            word TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX ratings_by_thumb ON ratings(thumb);
    """)
