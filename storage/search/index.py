"""The index of words, of messages and of titles: the one place where a text is put in or taken out.

A message is in it exactly while it has text, belongs to a chat, and no reply of its streams. A title is in it under the
number of its conversation's first message, which it keeps for ever, while there are both.

The index holds no text, so what leaves it must be told the words that are to go: each function here is called inside
the transaction that changes the text, taking out before the change, putting in after it.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from storage.search.words import spelled

if TYPE_CHECKING:
    from sqlite_utils import Database

    Writer = Database | sqlite3.Connection

MERGED = 500  # pages of the index that are rewritten at a time, so that no turn waits longer
TABLES = ("message_words", "title_words")
# Results are by age, not by rank; which rows there are is asked of the tables beside them.
SCHEMA = """
    CREATE VIRTUAL TABLE message_words USING fts5(words, content='', prefix='1', tokenize='ascii');
    CREATE VIRTUAL TABLE title_words USING fts5(words, content='', prefix='1', tokenize='ascii');
"""

_NEW_MESSAGES = """
    SELECT m.id, m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE c.purpose = 'chat' AND m.text <> '' AND NOT EXISTS (
        SELECT 1 FROM replies r WHERE r.message_id = m.id AND r.status = 'streaming')
    AND NOT EXISTS (SELECT 1 FROM message_words_docsize d WHERE d.id = m.id)
"""
_MESSAGES = "SELECT m.id, m.text FROM messages m JOIN message_words_docsize d ON d.id = m.id"
_FIRST = "(SELECT min(m.id) FROM messages m WHERE m.conversation_id = c.id)"
_NEW_TITLES = f"""
    SELECT {_FIRST} AS first, c.title FROM conversations c
    WHERE c.purpose = 'chat' AND c.title <> '' AND first IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM title_words_docsize d WHERE d.id = first)
"""
_TITLE = f"SELECT d.id, c.title FROM conversations c JOIN title_words_docsize d ON d.id = {_FIRST} WHERE c.id = ?"
_PUT = "INSERT INTO {0}(rowid, words) VALUES (?, ?)"
_TAKE = "INSERT INTO {0}({0}, rowid, words) VALUES ('delete', ?, ?)"
_MERGE = "INSERT INTO {0}({0}, rank) VALUES ('merge', ?)"
_ROOT = "SELECT conversation_id FROM messages WHERE id = ? AND parent_id IS NULL"


def put_message(writer: Writer, message_id: int) -> None:
    """After a text was stored, or its last reply ended."""
    _change(writer, _PUT, "message_words", f"{_NEW_MESSAGES} AND m.id = ?", message_id)


def take_message(writer: Writer, message_id: int) -> None:
    """Before a text changes, or a reply begins to go on with it."""
    _change(writer, _TAKE, "message_words", f"{_MESSAGES} WHERE m.id = ?", message_id)


def put_new_message(writer: Writer, message_id: int) -> None:
    """After a message was added; its conversation's title, too, if that is the first one."""
    put_message(writer, message_id)
    if root := writer.execute(_ROOT, (message_id,)).fetchone():
        put_title(writer, root[0])


def put_title(writer: Writer, conversation_id: str) -> None:
    """After a title was changed."""
    _change(writer, _PUT, "title_words", f"{_NEW_TITLES} AND c.id = ?", conversation_id)


def take_title(writer: Writer, conversation_id: str) -> None:
    """Before a title changes."""
    _change(writer, _TAKE, "title_words", _TITLE, conversation_id)


def put_conversation(writer: Writer, conversation_id: str) -> None:
    """After a whole conversation was stored."""
    _change(writer, _PUT, "message_words", f"{_NEW_MESSAGES} AND c.id = ?", conversation_id)
    put_title(writer, conversation_id)


def take_conversation(writer: Writer, conversation_id: str) -> None:
    """Before a conversation is emptied. Its words leave the file with `merge`."""
    _change(writer, _TAKE, "message_words", f"{_MESSAGES} WHERE m.conversation_id = ?", conversation_id)
    take_title(writer, conversation_id)


def put_all(writer: Writer) -> None:
    """Once, when the index is made."""
    _change(writer, _PUT, "message_words", _NEW_MESSAGES)
    _change(writer, _PUT, "title_words", _NEW_TITLES)


def begin_merge(writer: Writer) -> bool:
    """Begin to write the index anew without what was taken out, of which the words are still in the file; whether
    `merge` has to go on."""
    return _merge(writer, -MERGED)


def merge(writer: Writer) -> bool:
    """Go on with that; whether there is more to do."""
    return _merge(writer, MERGED)


def _merge(writer: Writer, pages: int) -> bool:
    connection = writer if isinstance(writer, sqlite3.Connection) else writer.conn
    more = False
    for table in TABLES:
        before = connection.total_changes
        connection.execute(_MERGE.format(table), (pages,))
        more |= connection.total_changes - before > 1  # one is the command itself
    return more


def _change(writer: Writer, change: str, table: str, query: str, *of: object) -> None:
    command = change.format(table)
    for row in writer.execute(query, of).fetchall():
        writer.execute(command, (row[0], spelled(row[1])))
