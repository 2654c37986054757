"""How a conversation grows, inside the transaction of a turn that begins."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from llm.types import ID_BYTES, Settings, Status
from storage.columns import encodable, now, settings_columns
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from storage.records import Turn
from storage.search.index import put_new_message, take_message

if TYPE_CHECKING:
    from sqlite_utils import Database

CHAT, EXPERIMENT, COMPARISON = "chat", "experiment", "comparison"  # what a conversation is for; lists show chats
RERUN = "rerun"  # what a reply is for that a replay adds to a chat, in a branch beside the open one

_NEXT_ACTIVITY = "SELECT ifnull(max(activity), 0) + 1 FROM conversations"
# Replays stream beside the open branch; only there, where the next prompt would go, do they count.
_STREAMING_IN = f"""
    SELECT 1 FROM replies r JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.id = m.conversation_id
    WHERE r.status = 'streaming' AND c.id = ? AND (r.purpose <> '{RERUN}' OR m.id = c.leaf_id)
"""
_STANDS = """
    SELECT m.conversation_id, m.parent_id, c.leaf_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = ? AND m.role = ? AND c.deleted_at IS NULL
"""
_TURN_BEGUN = f"""
    UPDATE conversations SET activity = ({_NEXT_ACTIVITY}), leaf_id = :leaf_id, updated_at = :updated_at,
        connection = :connection, model = :model, parameters = :parameters
    WHERE id = :id
"""


def new_conversation(database: Database, title: str, settings: Settings, purpose: str = CHAT) -> str:
    conversation_id, moment = token_hex(ID_BYTES), now()
    columns = {
        "id": conversation_id,
        "activity": database.execute(_NEXT_ACTIVITY).fetchone()[0],
        "title": encodable(title),
        "created_at": moment,
        "updated_at": moment,
        "purpose": purpose,
    }
    database.table("conversations").insert(columns | settings_columns(settings))
    return conversation_id


def open_leaf(database: Database, conversation_id: str) -> int | None:
    """Where the next prompt goes. Raises ConversationGone, or ConversationBusy while a reply streams there."""
    query = "SELECT leaf_id FROM conversations WHERE id = ? AND deleted_at IS NULL"
    row = database.execute(query, (conversation_id,)).fetchone()
    if row is None:
        raise ConversationGone
    _refuse_streaming(database, conversation_id)
    return row[0]


def _refuse_streaming(database: Database, conversation_id: str) -> None:
    if database.execute(_STREAMING_IN, (conversation_id,)).fetchone():
        raise ConversationBusy


def beside(database: Database, message_id: int, role: str, seen: int) -> tuple[str, int | None]:
    """Where another one may stand beside a message of this role: the conversation, and the message that it is below.

    Raises ConversationGone if there is no such message, ConversationBusy while a reply streams there, and
    ConversationMoved unless the open leaf is the one that was `seen`.
    """
    row = database.execute(_STANDS, (message_id, role)).fetchone()
    if row is None:
        raise ConversationGone
    conversation_id, parent_id, leaf = row
    _refuse_streaming(database, conversation_id)
    if leaf != seen:
        raise ConversationMoved
    return conversation_id, parent_id


def add_message(database: Database, conversation_id: str, parent: int | None, role: str, text: str) -> int:
    columns = {"conversation_id": conversation_id, "parent_id": parent, "role": role, "created_at": now()}
    message_id = database.table("messages").insert(columns | {"text": encodable(text)}).last_pk
    put_new_message(database, message_id)
    return message_id


def begin_reply(database: Database, conversation_id: str, prompt_id: int, settings: Settings) -> Turn:
    """An empty reply below a prompt."""
    message_id = add_message(database, conversation_id, prompt_id, "assistant", "")
    reply_id = add_reply(database, conversation_id, message_id, settings, 0)
    return Turn(conversation_id, prompt_id, message_id, reply_id)


def add_reply(database: Database, conversation_id: str, message_id: int, settings: Settings, text_start: int) -> str:
    """A reply that streams into a message from there on; the message is the open leaf and the settings are kept."""
    [purpose] = database.execute("SELECT purpose FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    reply_id = insert_reply(database, message_id, settings, text_start, purpose)
    begun = {"id": conversation_id, "leaf_id": message_id, "updated_at": now()}
    database.execute(_TURN_BEGUN, begun | settings_columns(settings))
    return reply_id


def insert_reply(database: Database, message_id: int, settings: Settings, text_start: int, purpose: str) -> str:
    """A reply that streams into a message from there on; its conversation stays as it is."""
    take_message(database, message_id)  # it cannot be found until its text is whole
    reply_id = token_hex(ID_BYTES)
    columns = {"id": reply_id, "message_id": message_id, "text_start": text_start, "started_at": now()}
    columns |= {"status": Status.STREAMING, "purpose": purpose}
    database.table("replies").insert(columns | settings_columns(settings))
    return reply_id
