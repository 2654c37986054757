"""Which message of a file was copied from which, however many there are: kept beside the memory while they come in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from storage.exchange.schema import Record

_AT_ONCE = 1_000
_TABLES = """
    CREATE TABLE numbers (there INTEGER PRIMARY KEY, here INTEGER);
    CREATE TABLE copies (original INTEGER, here INTEGER);
"""
_NUMBER = "INSERT INTO numbers VALUES (?, ?) ON CONFLICT DO UPDATE SET here = NULL"
_ORIGINALS = """
    SELECT n.here, c.here FROM copies c JOIN numbers n ON n.there = c.original WHERE n.here IS NOT NULL
"""


class Forks:
    """Messages by their numbers there and here, in a temporary file that SQLite removes. For one thread.

    A number that two messages of a file have names neither: a copy would be tied to a stranger's message.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.executescript(_TABLES)

    def note(self, messages: Iterable[Record], numbers: Mapping[int, int]) -> None:
        """Messages have come in, with these numbers there and here."""
        copies = ((m["copied_from"], numbers[m["id"]]) for m in messages if m["copied_from"] is not None)
        self._connection.execute("BEGIN")
        self._connection.executemany(_NUMBER, numbers.items())
        self._connection.executemany("INSERT INTO copies VALUES (?, ?)", copies)
        self._connection.execute("COMMIT")

    def originals(self) -> Iterator[list[tuple[int, int]]]:
        """The original of each copy and the copy, by their numbers here, a few at a time; then all is forgotten."""
        found = self._connection.execute(_ORIGINALS)
        while some := found.fetchmany(_AT_ONCE):
            yield some
        self._connection.close()
