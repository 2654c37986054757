"""A copied message remembers the one that a model wrote, which still tells what made it.

It refers to nothing: the original may be removed for good, and then there is nothing more to tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def m005_tree(database: Database) -> None:
    database.execute("ALTER TABLE messages ADD COLUMN copied_from INTEGER")
