"""Replies: how a turn begins, what is kept while it streams, and its end."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any

from llm.types import Cost, Outcome, Provenance, Sent, Settings, Status, Timing, Usage
from storage.columns import (
    encodable,
    estimate_columns,
    now,
    outcome_columns,
    sent_columns,
    settings_columns,
    timing_from,
)
from storage.database import DatabaseFile
from storage.errors import ConversationBusy, ConversationGone
from storage.records import Turn

if TYPE_CHECKING:
    from sqlite_utils import Database

ID_BYTES = 16  # unguessable: whoever knows an id may read what it names

_NEXT_ACTIVITY = "SELECT ifnull(max(activity), 0) + 1 FROM conversations"
_STREAMING_IN = """
    SELECT 1 FROM replies r JOIN messages m ON m.id = r.message_id
    WHERE r.status = 'streaming' AND m.conversation_id = ?
"""
_PROMPT_OF = """
    SELECT m.parent_id, m.conversation_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = ? AND m.role = 'assistant' AND c.deleted_at IS NULL
"""
_TURN_BEGUN = f"""
    UPDATE conversations SET activity = ({_NEXT_ACTIVITY}), leaf_id = :leaf_id, updated_at = :updated_at,
        connection = :connection, model = :model, parameters = :parameters
    WHERE id = :id
"""
# A reply whose request never left used nothing; of any other nobody counted what it used.
_INTERRUPT = """
    UPDATE replies SET status = ?, cost_provenance = coalesce(cost_provenance, ?),
        estimated_input_tokens = coalesce(estimated_input_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_output_tokens = coalesce(estimated_output_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_cached_tokens = coalesce(estimated_cached_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_reasoning_tokens = coalesce(estimated_reasoning_tokens, iif(sent IS NULL, 0, NULL))
    WHERE status = 'streaming'
"""


class Replies:
    """Replies by id; each belongs to an assistant message, which holds its text."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def begin(self, conversation_id: str | None, prompt: str, title: str, settings: Settings) -> Turn:
        """Stores a prompt below the open leaf and an empty reply below it, in a new conversation if none is given.

        `title` is the new conversation's; the settings are kept as the conversation's.
        Raises ConversationBusy while a reply streams there, ConversationGone if there is no such conversation.
        """
        with self._file.write() as database:
            if conversation_id is None:
                conversation_id, leaf = _new_conversation(database, title, settings), None
            else:
                leaf = _leaf(database, conversation_id)
            prompt_id = _add_message(database, conversation_id, leaf, "user", prompt)
            return _begin_reply(database, conversation_id, prompt_id, settings)

    def begin_again(self, reply_message_id: int, settings: Settings) -> Turn:
        """Begins another reply to the same prompt and opens its branch. Settings and errors are as in `begin`."""
        with self._file.write() as database:
            row = database.execute(_PROMPT_OF, (reply_message_id,)).fetchone()
            if row is None:
                raise ConversationGone
            prompt_id, conversation_id = row
            _refuse_streaming(database, conversation_id)
            return _begin_reply(database, conversation_id, prompt_id, settings)

    def record_request(self, reply_id: str, sent: Sent) -> None:
        """Keeps what leaves for the server; a repeated request replaces the one before."""
        with self._file.write() as database:
            _change_streaming(database, reply_id, sent_columns(sent))

    def save_partial(self, reply_id: str, text: str, reasoning: str, figures: tuple[Usage, Cost] | None = None) -> None:
        """Keeps what has arrived so far, with the estimate of what it used; after the end of the reply nothing."""
        columns = {"reasoning": encodable(reasoning)} | (estimate_columns(*figures) if figures else {})
        with self._file.write() as database:
            _change_streaming(database, reply_id, columns, text)

    def finish(self, reply_id: str, text: str, reasoning: str, outcome: Outcome) -> bool:
        """Ends a reply with all that is known of it; False, and nothing changed, if it had ended before."""
        columns = {"reasoning": encodable(reasoning)} | outcome_columns(outcome)
        with self._file.write() as database:
            return _change_streaming(database, reply_id, columns, text)

    def interrupt_streaming(self) -> int:
        """Marks as interrupted what still streams in the file, for its process is gone; says how many replies."""
        with self._file.read() as connection:
            if not connection.execute("SELECT 1 FROM replies WHERE status = 'streaming' LIMIT 1").fetchone():
                return 0
        with self._file.write() as database:
            return database.execute(_INTERRUPT, (Status.INTERRUPTED, Provenance.UNPRICED)).rowcount

    def last_model(self, connection: str) -> str | None:
        """The model of the newest reply through a connection."""
        query = "SELECT model FROM replies WHERE connection = ? ORDER BY sequence DESC LIMIT 1"
        with self._file.read() as reader:
            row = reader.execute(query, (encodable(connection),)).fetchone()
        return row["model"] if row else None

    def chunk_times(self, reply_id: str) -> Timing:
        """The timing of a reply with its chunks, to the millisecond; all of it empty if it is not known."""
        query = "SELECT first_token_seconds, duration_seconds, chunk_times FROM replies WHERE id = ?"
        with self._file.read() as connection:
            row = connection.execute(query, (reply_id,)).fetchone()
        return timing_from(row) if row else Timing()


def _new_conversation(database: Database, title: str, settings: Settings) -> str:
    conversation_id, moment = token_hex(ID_BYTES), now()
    columns = {
        "id": conversation_id,
        "activity": database.execute(_NEXT_ACTIVITY).fetchone()[0],
        "title": encodable(title),
        "created_at": moment,
        "updated_at": moment,
    }
    database.table("conversations").insert(columns | settings_columns(settings))
    return conversation_id


def _leaf(database: Database, conversation_id: str) -> int | None:
    """Where the next prompt goes."""
    query = "SELECT leaf_id FROM conversations WHERE id = ? AND deleted_at IS NULL"
    row = database.execute(query, (conversation_id,)).fetchone()
    if row is None:
        raise ConversationGone
    _refuse_streaming(database, conversation_id)
    return row[0]


def _refuse_streaming(database: Database, conversation_id: str) -> None:
    if database.execute(_STREAMING_IN, (conversation_id,)).fetchone():
        raise ConversationBusy


def _add_message(database: Database, conversation_id: str, parent: int | None, role: str, text: str) -> int:
    columns = {"conversation_id": conversation_id, "parent_id": parent, "role": role, "created_at": now()}
    return database.table("messages").insert(columns | {"text": encodable(text)}).last_pk


def _begin_reply(database: Database, conversation_id: str, prompt_id: int, settings: Settings) -> Turn:
    message_id = _add_message(database, conversation_id, prompt_id, "assistant", "")
    reply_id, moment, chosen = token_hex(ID_BYTES), now(), settings_columns(settings)
    columns = {"id": reply_id, "message_id": message_id, "status": Status.STREAMING, "started_at": moment}
    database.table("replies").insert(columns | chosen)
    database.execute(_TURN_BEGUN, {"id": conversation_id, "leaf_id": message_id, "updated_at": moment} | chosen)
    return Turn(conversation_id, prompt_id, message_id, reply_id)


def _change_streaming(database: Database, reply_id: str, columns: dict[str, Any], text: str | None = None) -> bool:
    """Changes a reply, and its text if one is given, as long as it streams; says whether it did."""
    query = "SELECT sequence, message_id FROM replies WHERE id = ? AND status = 'streaming'"
    row = database.execute(query, (reply_id,)).fetchone()
    if row is None:
        return False
    sequence, message_id = row
    database.table("replies").update(sequence, columns)
    if text is not None:
        database.table("messages").update(message_id, {"text": encodable(text)})
    return True
