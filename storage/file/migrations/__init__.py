"""The schema, as numbered migrations, one a file. Add a file; never change one that has been released.

Its function has the file's name, which is how a database records it. Conventions: text columns that can be long stand
last in their table, so that reading the figures before them does not touch their pages. Times are UTC ISO 8601, for
reading; order is by `activity`, `messages.id` and `sequence`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

Migration = Callable[["Database"], None]


def _migration(name: str) -> Migration:
    return getattr(import_module(f"{__name__}.{name}"), name)


MIGRATIONS: Sequence[Migration] = tuple(map(_migration, sorted(module.name for module in iter_modules(__path__))))
