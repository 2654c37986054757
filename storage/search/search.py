"""Finding messages and titles by their words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from storage.chats.listing import LISTED, listed
from storage.columns import LAST
from storage.file.database import DatabaseFile
from storage.records import ListedConversation
from storage.search.filters import Filters
from storage.search.words import Marked, Words, excerpt, marked, words_of

ANY = Filters()
_WITH_WORDS = "FROM {0} f WHERE f.{0} MATCH :words AND f.rowid < :before"
_ALL = "FROM {0}_docsize f WHERE f.id < :before"  # what is in the index, whatever its words are
_ROWS = f"""
    SELECT m.id, m.role, m.text, m.created_at, {LISTED}
    FROM json_each(?) j JOIN messages m ON m.id = j.value JOIN conversations c ON c.id = m.conversation_id
    ORDER BY m.id DESC
"""
# From one model to the next, without looking at each reply.
_NEXT = "SELECT min(model) FROM replies WHERE purpose IN ('chat', 'rerun') AND message_id IS NOT NULL"
_MODELS = f"""
    WITH RECURSIVE known(model) AS (
        {_NEXT} UNION ALL SELECT ({_NEXT} AND model > known.model) FROM known WHERE known.model IS NOT NULL
    )
    SELECT model FROM known WHERE model IS NOT NULL
"""
_OF = "SELECT DISTINCT conversation_id FROM messages WHERE id IN ({})"


class Place(NamedTuple):
    """Where a hit stands: titles come before messages, of both the greatest number first."""

    in_titles: bool
    number: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A title or a message that was found, with the words marked."""

    conversation: ListedConversation
    place: Place
    role: str
    title: Marked
    excerpt: Marked  # of a message; of a title nothing
    moment: datetime  # when the message was written, or the conversation with that title last used

    @property
    def message_id(self) -> int | None:
        """The message to open; None: the conversation as it stands."""
        return None if self.place.in_titles else self.place.number


class Search:
    """Every word must occur, be it in a title or in a message; what is typed without a space in between stands in a
    row, and the last word may be the beginning of one. Any string can be searched for."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def find(self, typed: str, filters: Filters = ANY, limit: int = 20, before: Place | None = None) -> list[Hit]:
        """At most `limit` hits: titles, then messages, the newest first; `before` is the place of the last one known.

        Nothing typed finds every message that passes; nothing that is a word finds nothing.
        """
        words = words_of(typed)
        if typed.strip() and not words:
            return []
        with self._file.read() as connection:
            if before and not before.in_titles:
                return _hits(connection, _MESSAGES, words, filters, limit, before.number)
            hits = _hits(connection, _TITLES, words, filters, limit, before.number if before else LAST)
            return hits + _hits(connection, _MESSAGES, words, filters, limit - len(hits), LAST)

    def models(self) -> list[str]:
        """The models that have replied in chats."""
        with self._file.read() as connection:
            return [model for (model,) in connection.execute(_MODELS)]

    def conversations(self, typed: str, filters: Filters = ANY) -> list[str]:
        """The conversations of all hits."""
        words = words_of(typed)
        if typed.strip() and not words:
            return []
        found: dict[str, None] = {}
        with self._file.read() as connection:
            for index in (_TITLES, _MESSAGES):
                if index.is_looked_at(words, filters):
                    query = _OF.format(index.found(words, filters))
                    found |= {id_: None for (id_,) in connection.execute(query, _values(words, filters, LAST))}
        return list(found)


@dataclass(frozen=True)
class _Index:
    """One of the two indexes: its table, and the conditions on what is in it."""

    in_titles: bool
    table: str
    conditions: Callable[[Filters, str], str]

    def is_looked_at(self, words: Words, filters: Filters) -> bool:
        return not self.in_titles or bool(words and not filters.of_replies)

    def found(self, words: Words, filters: Filters) -> str:
        """The numbers of what was found: in the order of the index, so that no more is looked at than has to be."""
        number = "f.rowid" if words else "f.id"
        matching = (_WITH_WORDS if words else _ALL).format(self.table)
        return f"SELECT {number} {matching}{self.conditions(filters, number)}"


_TITLES = _Index(True, "title_words", Filters.of_title)
_MESSAGES = _Index(False, "message_words", Filters.of_message)


def _hits(
    connection: sqlite3.Connection, index: _Index, words: Words, filters: Filters, limit: int, before: int
) -> list[Hit]:
    if limit <= 0 or not index.is_looked_at(words, filters):
        return []
    query = f"{index.found(words, filters)} ORDER BY 1 DESC LIMIT :limit"
    numbers = [number for (number,) in connection.execute(query, _values(words, filters, before) | {"limit": limit})]
    rows = connection.execute(_ROWS, (json.dumps(numbers),)).fetchall()
    return [_hit(row, words, index) for row in rows]


def _values(words: Words, filters: Filters, before: int) -> dict[str, object]:
    return filters.values | {"words": _match(words), "before": before}


def _match(words: Words) -> str:
    """The words in the language of the index; there are no quotes in them."""
    rows: Sequence[str] = [f'"{" ".join(row)}"' + ("*" if open_ else "") for row, open_ in words.in_order()]
    return " AND ".join(dict.fromkeys(rows))


def _hit(row: sqlite3.Row, words: Words, index: _Index) -> Hit:
    conversation = listed(row)
    moment = conversation.updated_at if index.in_titles else datetime.fromisoformat(row["created_at"])
    text = () if index.in_titles else excerpt(row["text"], words)
    return Hit(conversation, Place(index.in_titles, row["id"]), row["role"], marked(row["title"], words), text, moment)
