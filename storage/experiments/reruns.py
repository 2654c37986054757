"""Reruns: what was asked in a branch of a conversation, asked once more in branches of their own."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING

from llm.types import ID_BYTES, Message, Settings, Spent, Status, Timing
from storage.chats.branch import MESSAGE, branch_from
from storage.chats.growing import RERUN, add_message, insert_reply, open_leaf
from storage.columns import Row, encodable, failure_from, now, settings_columns, settings_from
from storage.errors import ConversationBusy, ConversationGone, NothingToRerun, RerunGone, TurnAnswered
from storage.experiments.records import ExperimentState
from storage.experiments.rerun_records import RerunSums, RerunTurn, StoredRerun, Way
from storage.file.database import DatabaseFile
from storage.records import Turn
from storage.spending import FIGURES, sum_of

if TYPE_CHECKING:
    from sqlite_utils import Database

_NEWEST_REPLY = "r.sequence = (SELECT max(n.sequence) FROM replies n WHERE n.message_id = t.message_id)"
_RERUNS = f"""
    SELECT u.id, u.conversation_id, c.title, u.way, u.connection, u.model, u.parameters, u.state, u.created_at,
        (SELECT count(*) FROM rerun_turns t WHERE t.rerun_id = u.id) AS turns,
        (SELECT count(*) FROM rerun_turns t JOIN replies r ON {_NEWEST_REPLY}
            WHERE t.rerun_id = u.id AND r.status = 'complete') AS answered
    FROM reruns u JOIN conversations c ON c.id = u.conversation_id AND c.deleted_at IS NULL
"""
_LEAF = "SELECT leaf_id FROM conversations WHERE id = ? AND deleted_at IS NULL"
_FIRST_ASKED = f"""
    {branch_from(MESSAGE)} SELECT text FROM messages WHERE id = (SELECT min(id) FROM branch WHERE role = 'user')
"""
# Each prompt of the branch with the reply below it; of two prompts in a row the first has none.
_ASKED = f"""
    {branch_from(MESSAGE)}
    SELECT p.id, a.id FROM branch p LEFT JOIN branch a ON a.parent_id = p.id AND a.role = 'assistant'
    WHERE p.role = 'user' ORDER BY p.id
"""
_TURNS = f"""
    SELECT t.turn, t.prompt_id, t.original_id, t.message_id, r.status, r.error_kind, r.error_text, r.error_detail,
        r.first_token_seconds, r.duration_seconds
    FROM rerun_turns t LEFT JOIN replies r ON {_NEWEST_REPLY}
    WHERE t.rerun_id = ? ORDER BY t.turn
"""
_TURN = f"""
    SELECT u.conversation_id, u.way, u.connection, u.model, u.parameters, t.prompt_id, t.asked_id, r.status,
        before.message_id AS after_id
    FROM rerun_turns t JOIN reruns u ON u.id = t.rerun_id
    JOIN conversations c ON c.id = u.conversation_id AND c.deleted_at IS NULL
    LEFT JOIN rerun_turns before ON before.rerun_id = t.rerun_id AND before.turn = t.turn - 1
    LEFT JOIN replies r ON {_NEWEST_REPLY}
    WHERE t.rerun_id = ? AND t.turn = ?
"""
_BEGUN = "UPDATE rerun_turns SET asked_id = ?, message_id = ? WHERE rerun_id = ? AND turn = ?"
_SPENT = f"""
    {FIGURES} FROM rerun_replies w JOIN replies r ON r.message_id = w.message_id
    WHERE w.rerun_id = ? AND r.purpose = '{RERUN}' AND r.status <> 'streaming'
"""
# Turns that have both replies; what a copied one took is known of the message that it was copied from.
_ANSWERED = f"""
    SELECT t.message_id, ifnull(o.copied_from, o.id) AS original_id
    FROM rerun_turns t JOIN replies r ON {_NEWEST_REPLY} JOIN messages o ON o.id = t.original_id
    WHERE t.rerun_id = ? AND r.status = 'complete'
        AND EXISTS (SELECT 1 FROM replies w WHERE w.message_id = ifnull(o.copied_from, o.id))
"""
_TAKEN = f"""
    {FIGURES}, r.duration_seconds FROM ({_ANSWERED}) t JOIN replies r ON r.message_id = t.{{side}}
    WHERE r.status <> 'streaming'
"""


class Reruns:
    """Reruns by id. One of a deleted conversation is not there until that is restored."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def first_asked(self, conversation_id: str) -> str:
        """The first prompt of the open branch, that is what a rerun would send first.

        Raises ConversationGone, and NothingToRerun.
        """
        with self._file.read() as connection:
            leaf = connection.execute(_LEAF, (encodable(conversation_id),)).fetchone()
            first = leaf and connection.execute(_FIRST_ASKED, {"message_id": leaf[0]}).fetchone()
        if leaf is None:
            raise ConversationGone
        if first is None:
            raise NothingToRerun
        return first[0]

    def create(self, conversation_id: str, way: Way, settings: Settings) -> str:
        """Keeps that all that was asked in the open branch is to be asked again, with these settings; its id.

        Raises ConversationBusy while a reply streams there, ConversationGone, and NothingToRerun.
        """
        id_ = token_hex(ID_BYTES)
        columns = {"id": id_, "conversation_id": conversation_id, "created_at": now(), "way": way}
        columns |= {"state": ExperimentState.PAUSED} | settings_columns(settings)
        with self._file.write() as database:
            asked = database.execute(_ASKED, {"message_id": open_leaf(database, conversation_id)}).fetchall()
            if not asked:
                raise NothingToRerun
            database.table("reruns").insert(columns)
            turns = [(id_, turn, prompt, original) for turn, (prompt, original) in enumerate(asked)]
            insert = "INSERT INTO rerun_turns (rerun_id, turn, prompt_id, original_id) VALUES (?, ?, ?, ?)"
            database.conn.executemany(insert, turns)
        return id_

    def get(self, rerun_id: str) -> StoredRerun | None:
        with self._file.read() as connection:
            row = connection.execute(f"{_RERUNS} WHERE u.id = ?", (encodable(rerun_id),)).fetchone()
        return _rerun(row) if row else None

    def of(self, conversation_id: str) -> list[StoredRerun]:
        """The reruns of a conversation, the newest first."""
        query = f"{_RERUNS} WHERE u.conversation_id = ? ORDER BY u.sequence DESC"
        with self._file.read() as connection:
            return [_rerun(row) for row in connection.execute(query, (encodable(conversation_id),))]

    def set_state(self, rerun_id: str, state: ExperimentState) -> None:
        """Keeps how far a rerun has got. Raises RerunGone."""
        with self._file.write() as database:
            if not database.execute("UPDATE reruns SET state = ? WHERE id = ?", (state, rerun_id)).rowcount:
                raise RerunGone

    def turns(self, rerun_id: str) -> list[RerunTurn]:
        """All turns of a rerun in their order, without texts."""
        with self._file.read() as connection:
            return [_turn(row) for row in connection.execute(_TURNS, (rerun_id,))]

    def asks(self, rerun_id: str, turn: int) -> tuple[int | None, list[tuple[int, Message]]]:
        """What a turn sends: the message that its history ends with (None: it has none), and what follows that."""
        with self._file.read() as connection:
            row = _begun(connection.execute(_TURN, (rerun_id, turn)).fetchone())
            if row["way"] == Way.ORIGINAL or row["after_id"] is None or row["asked_id"] is not None:
                return row["asked_id"] or row["prompt_id"], []
            [text] = connection.execute("SELECT text FROM messages WHERE id = ?", (row["prompt_id"],)).fetchone()
        return row["after_id"], [(0, Message("user", text))]

    def begin(self, rerun_id: str, turn: int) -> Turn:
        """Stores an empty reply for a turn, on its own replies below a copy of the prompt; the open branch stays open.

        Raises ConversationBusy while a reply to this turn streams, TurnAnswered if it has its whole one, RerunGone.
        """
        with self._file.write() as database:
            cursor = database.execute(_TURN, (rerun_id, turn))
            names = [name for name, *_ in cursor.description]
            found = cursor.fetchone()
            row = _begun(found and dict(zip(names, found, strict=True)))
            if row["status"] == Status.STREAMING:
                raise ConversationBusy
            if row["status"] == Status.COMPLETE:
                raise TurnAnswered
            asked_id = row["asked_id"] or _ask(database, row)
            message_id = add_message(database, row["conversation_id"], asked_id, "assistant", "")
            reply_id = insert_reply(database, message_id, settings_from(row), 0, RERUN)
            database.execute(_BEGUN, (asked_id, message_id, rerun_id, turn))
            database.table("rerun_replies").insert({"rerun_id": rerun_id, "message_id": message_id})
        return Turn(row["conversation_id"], asked_id, message_id, reply_id, aside=True)

    def spent(self, rerun_id: str) -> Spent:
        """What all ended replies of a rerun used, those too that were broken off."""
        with self._file.read() as connection:
            return sum_of(connection.execute(_SPENT, (rerun_id,)))

    def sums(self, rerun_id: str) -> RerunSums:
        """What the turns took that have their whole new reply and had one before, then and now."""
        with self._file.read() as connection:
            turns = len(connection.execute(_ANSWERED, (rerun_id,)).fetchall())
            original, new = (
                connection.execute(_TAKEN.format(side=side), (rerun_id,)).fetchall()
                for side in ("original_id", "message_id")
            )
        return RerunSums(turns, sum_of(original), sum_of(new), _seconds(original), _seconds(new))


def _begun(row: Row | None) -> Row:
    if row is None:
        raise RerunGone
    return row


def _ask(database: Database, row: Row) -> int:
    """The prompt that a turn is asked below: the original one, or a copy below the reply of the turn before."""
    if row["way"] == Way.ORIGINAL or row["after_id"] is None:
        return row["prompt_id"]
    [text] = database.execute("SELECT text FROM messages WHERE id = ?", (row["prompt_id"],)).fetchone()
    return add_message(database, row["conversation_id"], row["after_id"], "user", text)


def _seconds(rows: list[Row]) -> float:
    return sum(row["duration_seconds"] or 0.0 for row in rows)


def _rerun(row: Row) -> StoredRerun:
    return StoredRerun(
        id=row["id"],
        conversation_id=row["conversation_id"],
        title=row["title"],
        way=Way(row["way"]),
        settings=settings_from(row),
        state=ExperimentState(row["state"]),
        turns=row["turns"],
        answered=row["answered"],
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def _turn(row: Row) -> RerunTurn:
    status = row["status"]
    timing = Timing(row["first_token_seconds"], row["duration_seconds"]) if status else None
    ids = row["turn"], row["prompt_id"], row["original_id"], row["message_id"]
    return RerunTurn(*ids, Status(status) if status else None, failure_from(row), timing)
