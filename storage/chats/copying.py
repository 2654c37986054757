"""How a conversation begins with what was said in another one, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.chats.branch import MESSAGE, branch_from
from storage.chats.growing import new_conversation
from storage.columns import settings_from
from storage.errors import ConversationBusy, ConversationGone, NothingToCopy
from storage.records import Fork
from storage.search.index import put_conversation

if TYPE_CHECKING:
    from sqlite_utils import Database

FORK = " (fork)"  # what the title of a fork ends with
LONGEST_TITLE = 200  # characters
_SAID_IN = """
    SELECT m.role, m.text, c.title, c.connection, c.model, c.parameters
    FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = ? AND c.deleted_at IS NULL
"""
_STREAMS = "SELECT 1 FROM replies WHERE message_id = ? AND status = 'streaming'"
_PATH = f"""
    {branch_from(MESSAGE)}
    SELECT m.id, m.role, m.role = 'assistant' AND m.text <> '' AND NOT EXISTS (
        SELECT 1 FROM replies r WHERE r.message_id = m.id AND r.status = 'streaming') AS answers
    FROM branch b JOIN messages m ON m.id = b.id ORDER BY b.id
"""
_COPY = """
    INSERT INTO messages (conversation_id, parent_id, role, created_at, text, copied_from)
    SELECT ?, ?, role, created_at, text, ifnull(copied_from, id) FROM messages WHERE id = ?
"""
_OPEN = "UPDATE conversations SET leaf_id = ? WHERE id = ?"
_OPENED = "SELECT leaf_id, connection, model, parameters FROM conversations WHERE id = ? AND deleted_at IS NULL"


def whole_turns(database: Database, message_id: int) -> list[int]:
    """The messages from the root to this one, but for each prompt without a reply, and with a reply that streams.

    Raises ConversationGone if there is no such message, or its conversation was deleted.
    """
    if not database.execute(_SAID_IN, (message_id,)).fetchone():
        raise ConversationGone
    return list(_of_turns(database.execute(_PATH, {"message_id": message_id}).fetchall()))


def _of_turns(path: list[tuple[int, str, bool]]) -> Iterator[int]:
    for (prompt_id, role, _), (reply_id, _, answers) in pairwise(path):
        if role == "user" and answers:
            yield from (prompt_id, reply_id)


def fork(database: Database, message_id: int) -> Fork:
    """Begin a chat with copies of all that leads to a message, and with the settings of its conversation.

    A reply is copied too; a prompt is not, but comes back to be sent. Raises ConversationGone, or ConversationBusy
    while the message streams.
    """
    row = database.execute(_SAID_IN, (message_id,)).fetchone()
    if row is None:
        raise ConversationGone
    if database.execute(_STREAMS, (message_id,)).fetchone():
        raise ConversationBusy
    role, text, title, *settings = row
    path = [id_ for id_, *_ in database.execute(_PATH, {"message_id": message_id})]
    copied, prompt = (path[:-1], text) if role == "user" else (path, "")
    if not copied:
        return Fork(None, prompt)
    chosen = settings_from(dict(zip(("connection", "model", "parameters"), settings, strict=True)))
    chat_id = new_conversation(database, _forked(title), chosen)
    copy_messages(database, copied, chat_id)
    return Fork(chat_id, prompt)


def _forked(title: str) -> str:
    return title if title.endswith(FORK) else title[: LONGEST_TITLE - len(FORK)] + FORK


def copy_messages(database: Database, message_ids: list[int], conversation_id: str) -> None:
    """Let a new conversation begin with copies of these messages, each below the one before it.

    They have no replies: nothing was spent in that conversation.
    """
    leaf = None
    for message_id in message_ids:
        leaf = database.execute(_COPY, (conversation_id, leaf, message_id)).lastrowid
    database.execute(_OPEN, (leaf, conversation_id))
    put_conversation(database, conversation_id)


def chat_from(database: Database, conversation_id: str, title: str) -> str:
    """Begin a chat with copies of the whole turns of a conversation, and with its settings; the chat's id.

    Raises ConversationGone, or NothingToCopy if no reply has come there.
    """
    row = database.execute(_OPENED, (conversation_id,)).fetchone()
    if row is None:
        raise ConversationGone
    leaf, *settings = row
    said = [] if leaf is None else whole_turns(database, leaf)
    if not said:
        raise NothingToCopy
    settings = settings_from(dict(zip(("connection", "model", "parameters"), settings, strict=True)))
    chat_id = new_conversation(database, title, settings)
    copy_messages(database, said, chat_id)
    return chat_id
