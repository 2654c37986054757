"""Moments: messages that are pinned to be presented, in an order of their own, each with a caption."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage.chats.branch import OPEN_LEAF, branch_from
from storage.columns import encodable
from storage.errors import ConversationGone
from storage.file.database import DatabaseFile

BEGINNING = 200  # characters of a message by which it is recognized

_OF = f"""
    SELECT p.message_id, m.role, substr(m.text, 1, {BEGINNING}) AS text, p.caption
    FROM moments p JOIN messages m ON m.id = p.message_id JOIN conversations c ON c.id = p.conversation_id
    WHERE p.conversation_id = ? AND c.deleted_at IS NULL ORDER BY p.position
"""
_PIN = """
    INSERT INTO moments (message_id, conversation_id, position)
    SELECT m.id, c.id, (SELECT ifnull(max(position), 0) + 1 FROM moments WHERE conversation_id = c.id)
    FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = ? AND c.deleted_at IS NULL
    ON CONFLICT (message_id) DO UPDATE SET caption = caption
"""
_IN_ORDER = """
    SELECT o.message_id, o.position FROM moments p JOIN moments o ON o.conversation_id = p.conversation_id
    WHERE p.message_id = ? ORDER BY o.position
"""
# A reply comes with its prompt; a prompt with its newest reply, rather one that has come to words.
_TURNS = """
    SELECT iif(m.role = 'user', m.id, (SELECT u.id FROM messages u WHERE u.id = m.parent_id AND u.role = 'user')),
        iif(m.role = 'user', (SELECT a.id FROM messages a WHERE a.parent_id = m.id AND a.role = 'assistant'
            ORDER BY a.text = '', a.id DESC LIMIT 1), m.id),
        p.caption
    FROM moments p JOIN messages m ON m.id = p.message_id JOIN conversations c ON c.id = p.conversation_id
    WHERE p.conversation_id = ? AND c.deleted_at IS NULL ORDER BY p.position
"""
_OPEN_BRANCH = f"{branch_from(OPEN_LEAF)} SELECT id, role FROM branch ORDER BY id"


@dataclass(frozen=True, slots=True)
class Moment:
    """A pinned message: the beginning of its text, and what is said of it."""

    message_id: int
    role: str  # "user" or "assistant"
    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class PresentedTurn:
    """What is presented at once: the ids of a prompt and of a reply to it, or of one of them alone."""

    prompt_id: int | None
    reply_id: int | None
    caption: str = ""


class Moments:
    """The moments of conversations. Every method that changes one raises ConversationGone if its message is gone."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def of(self, conversation_id: str) -> list[Moment]:
        """The moments of a conversation, in their order, whatever branch they are in."""
        with self._file.read() as connection:
            return [Moment(*row) for row in connection.execute(_OF, (encodable(conversation_id),))]

    def turns(self, conversation_id: str) -> list[PresentedTurn]:
        """What a presentation walks through: the moments with what belongs to them, else the open branch."""
        with self._file.read() as connection:
            pinned = connection.execute(_TURNS, (encodable(conversation_id),)).fetchall()
            if pinned:
                return [PresentedTurn(*row) for row in pinned]
            return _turns(connection.execute(_OPEN_BRANCH, {"conversation_id": encodable(conversation_id)}))

    def pin(self, message_id: int) -> None:
        """Makes a message the last moment of its conversation; one that is a moment already stays as it is."""
        with self._file.write() as database:
            if not database.execute(_PIN, (message_id,)).rowcount:
                raise ConversationGone

    def unpin(self, message_id: int) -> None:
        """Makes a message an ordinary one, its caption forgotten."""
        with self._file.write() as database:
            database.execute("DELETE FROM moments WHERE message_id = ?", (message_id,))

    def describe(self, message_id: int, caption: str) -> None:
        """Sets what is said of a moment."""
        with self._file.write() as database:
            query = "UPDATE moments SET caption = ? WHERE message_id = ?"
            if not database.execute(query, (encodable(caption), message_id)).rowcount:
                raise ConversationGone

    def move(self, message_id: int, step: int) -> None:
        """Lets a moment change places with the one `step` further on; past either end nothing changes."""
        with self._file.write() as database:
            ordered = database.execute(_IN_ORDER, (message_id,)).fetchall()
            place = next((number for number, (id_, _) in enumerate(ordered) if id_ == message_id), -1)
            if place < 0:
                raise ConversationGone
            if 0 <= place + step < len(ordered):
                (first, before), (second, after) = ordered[place], ordered[place + step]
                query = "UPDATE moments SET position = ? WHERE message_id = ?"
                database.conn.executemany(query, [(after, first), (before, second)])


def _turns(branch: Iterable[tuple[int, str]]) -> list[PresentedTurn]:
    """The messages of a branch, each reply together with the prompt before it."""
    turns: list[PresentedTurn] = []
    for message_id, role in branch:
        if role == "user":
            turns.append(PresentedTurn(message_id, None))
        elif turns and turns[-1].reply_id is None:
            turns[-1] = PresentedTurn(turns[-1].prompt_id, message_id)
        else:
            turns.append(PresentedTurn(None, message_id))
    return turns
