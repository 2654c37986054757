"""Replies: how a turn begins, what is kept while it streams, and its end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from llm.types import Cost, Echoed, Outcome, Provenance, Sent, Settings, Spending, Status, Timing, Usage
from storage.chats.growing import (
    CHAT,
    RERUN,
    add_message,
    add_reply,
    begin_reply,
    beside,
    insert_reply,
    new_conversation,
    open_leaf,
)
from storage.columns import LAST, echoed_from, encodable, estimate_columns, outcome_columns, sent_columns, timing_from
from storage.errors import ConversationGone, ConversationMoved
from storage.file.database import DatabaseFile
from storage.records import Turn
from storage.search.index import put_message
from storage.spending import SpendingSince, SpentIn

if TYPE_CHECKING:
    from sqlite_utils import Database

_WRITTEN_BY = """
    SELECT m.id, m.text, NOT EXISTS (SELECT 1 FROM replies n WHERE n.message_id = m.id AND n.sequence > r.sequence)
    FROM replies r JOIN messages m ON m.id = r.message_id WHERE r.id = ?
"""
_ASKED_IN = """
    SELECT c.id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = ? AND m.role = 'user' AND c.deleted_at IS NULL
"""
_STREAMING = "SELECT message_id FROM replies WHERE status = 'streaming' AND sequence <= ?"
_MESSAGE_OF = "SELECT message_id FROM replies WHERE id = ?"
# A reply whose request never left used nothing; of any other nobody counted what it used.
_INTERRUPT = """
    UPDATE replies SET status = ?, cost_provenance = coalesce(cost_provenance, ?),
        estimated_input_tokens = coalesce(estimated_input_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_output_tokens = coalesce(estimated_output_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_cached_tokens = coalesce(estimated_cached_tokens, iif(sent IS NULL, 0, NULL)),
        estimated_reasoning_tokens = coalesce(estimated_reasoning_tokens, iif(sent IS NULL, 0, NULL))
    WHERE status = 'streaming' AND sequence <= ?
"""
MOST_SEARCHED = 10_000  # of the newest replies, for those of one model: no look grows with the file
_LATELY = """
    SELECT coalesce(output_tokens, estimated_output_tokens), duration_seconds FROM replies
    WHERE sequence > (SELECT max(sequence) FROM replies) - ? AND connection = ? AND model = ? AND status = 'complete'
    ORDER BY sequence DESC LIMIT ?
"""


class Replies:
    """Replies by id; each belongs to an assistant message, whose text it wrote, or a part of it."""

    def __init__(self, file: DatabaseFile, spent_in: SpentIn) -> None:
        self._file = file
        self._spending = SpendingSince(file, spent_in)

    def begin(
        self, conversation_id: str | None, prompt: str, title: str, settings: Settings, leaf: int | None = None
    ) -> Turn:
        """Stores a prompt below the open leaf and an empty reply below it, in a new conversation if none is given.

        `title` is the new conversation's; the settings are kept as the conversation's. `leaf` is the open leaf that was
        seen by whoever wants this; without it, that is whatever is open. Raises ConversationBusy while a reply streams
        there, ConversationGone if there is no such conversation, ConversationMoved if another leaf is open by now.
        """
        with self._file.write() as database:
            if conversation_id is None:
                conversation_id, parent = new_conversation(database, title, settings), None
            else:
                parent = open_leaf(database, conversation_id)
                if leaf not in (None, parent):
                    raise ConversationMoved
            prompt_id = add_message(database, conversation_id, parent, "user", prompt)
            return begin_reply(database, conversation_id, prompt_id, settings)

    def begin_again(self, reply_message_id: int, settings: Settings, leaf: int | None = None) -> Turn:
        """Begins another reply to the same prompt, beside this one, and opens it. Settings as in `begin`.

        `leaf` is the open leaf that was seen by whoever wants this; without it, that is the reply. Raises
        ConversationMoved if it is another one by now, so that one intent is one request however often it is clicked
        and in whatever tab; else as `begin` does.
        """
        with self._file.write() as database:
            seen = reply_message_id if leaf is None else leaf
            conversation_id, prompt_id = beside(database, reply_message_id, "assistant", seen)
            return begin_reply(database, conversation_id, prompt_id, settings)

    def begin_edited(self, prompt_id: int, prompt: str, settings: Settings, leaf: int) -> Turn:
        """Stores a prompt beside another one, which stays, and an empty reply below it, and opens them.

        Settings, `leaf` and errors as in `begin_again`.
        """
        with self._file.write() as database:
            conversation_id, parent = beside(database, prompt_id, "user", leaf)
            edited_id = add_message(database, conversation_id, parent, "user", prompt)
            return begin_reply(database, conversation_id, edited_id, settings)

    def begin_aside(self, prompt_id: int, settings: Settings) -> Turn:
        """Begins another reply to a prompt, wherever it stands; the open branch stays open and goes on meanwhile.

        Raises ConversationGone.
        """
        with self._file.write() as database:
            row = database.execute(_ASKED_IN, (prompt_id,)).fetchone()
            if row is None:
                raise ConversationGone
            message_id = add_message(database, row[0], prompt_id, "assistant", "")
            reply_id = insert_reply(database, message_id, settings, 0, RERUN)
            return Turn(row[0], prompt_id, message_id, reply_id, aside=True)

    def begin_continuation(self, reply_id: str, settings: Settings) -> Turn:
        """Begins a reply that goes on where this one ended, in the same message; the turn has the text so far.

        From then on the whole text is saved: that which was there and what comes. Raises ConversationMoved unless the
        reply is the newest of its message and that is the open leaf; else as `begin` does.
        """
        with self._file.write() as database:
            row = database.execute(_WRITTEN_BY, (reply_id,)).fetchone()
            if row is None:
                raise ConversationGone
            message_id, text, newest = row
            conversation_id, prompt_id = beside(database, message_id, "assistant", message_id)
            if not newest:
                raise ConversationMoved
            new_id = add_reply(database, conversation_id, message_id, settings, len(text))
            return Turn(conversation_id, prompt_id, message_id, new_id, text)

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
            ended = _change_streaming(database, reply_id, columns, text)
            if ended:
                put_message(database, database.execute(_MESSAGE_OF, (reply_id,)).fetchone()[0])
            return ended

    def newest(self) -> int:
        """The sequence number of the newest reply; 0 if there is none."""
        with self._file.read() as connection:
            return connection.execute("SELECT ifnull(max(sequence), 0) FROM replies").fetchone()[0]

    def interrupt_streaming(self, up_to: int = LAST) -> int:
        """Marks as interrupted what still streams in the file, for its process is gone; says how many replies.

        `up_to` is the `newest` one that may be meant: what has begun since belongs to this process.
        """
        with self._file.read() as connection:
            query = "SELECT 1 FROM replies WHERE status = 'streaming' AND sequence <= ? LIMIT 1"
            if not connection.execute(query, (up_to,)).fetchone():
                return 0
        with self._file.write() as database:
            cut = database.execute(_STREAMING, (up_to,)).fetchall()
            database.execute(_INTERRUPT, (Status.INTERRUPTED, Provenance.UNPRICED, up_to))
            for (message_id,) in cut:
                put_message(database, message_id)
            return len(cut)

    def spending(self, conversation_id: str | None, day: datetime, month: datetime) -> Spending:
        """Known costs of ended replies: in a conversation exactly, since a day and a month began to a millionth of $1.

        Both moments are aware. A reply counts once it has ended, by when it began, also after it was purged.
        """
        return self._spending.spending(conversation_id, day, month)

    def last_model(self, connection: str) -> str | None:
        """The model of the newest reply of a chat through a connection."""
        query = f"SELECT model FROM replies WHERE connection = ? AND purpose = '{CHAT}' ORDER BY sequence DESC LIMIT 1"
        with self._file.read() as reader:
            row = reader.execute(query, (encodable(connection),)).fetchone()
        return row["model"] if row else None

    def lately(self, connection: str, model: str, most: int = 200) -> list[tuple[int, float | None]]:
        """Output tokens (thoughts included) and seconds of a model's whole replies, in chats and experiments: the
        newest `most` of those among the newest `MOST_SEARCHED` replies."""
        values = (MOST_SEARCHED, encodable(connection), encodable(model), most)
        with self._file.read() as reader:
            return [(tokens or 0, seconds) for tokens, seconds in reader.execute(_LATELY, values)]

    def chunk_times(self, reply_id: str) -> Timing:
        """The timing of a reply with its chunks, to the millisecond; all of it empty if it is not known."""
        query = "SELECT first_token_seconds, duration_seconds, chunk_times FROM replies WHERE id = ?"
        with self._file.read() as connection:
            row = connection.execute(query, (reply_id,)).fetchone()
        return timing_from(row) if row else Timing()

    def echoed(self, reply_id: str) -> Echoed | None:
        """What the server said of itself in a reply; None if that was nothing, or it is not known."""
        with self._file.read() as connection:
            row = connection.execute("SELECT echoed FROM replies WHERE id = ?", (reply_id,)).fetchone()
        return echoed_from(row["echoed"]) if row else None


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
