"""Runs: the requests of experiments, each recorded as the reply of a conversation of its own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from llm.types import Settings, Spent, Status, Timing
from storage.chats.growing import EXPERIMENT, add_message, begin_reply, new_conversation
from storage.columns import Row, amount_from, failure_from, usage_from
from storage.errors import ConversationBusy, ExperimentGone, RunRecorded
from storage.experiments.records import RunId, StoredRun
from storage.file.database import DatabaseFile
from storage.records import Turn
from storage.spending import FIGURES, sum_of

if TYPE_CHECKING:
    from sqlite_utils import Database

_NEWEST_REPLY = """
    JOIN conversations c ON c.id = u.conversation_id
    JOIN replies r ON r.sequence = (SELECT max(n.sequence) FROM replies n WHERE n.message_id = c.leaf_id)
"""
_FIGURES = """
    SELECT u.cell_id, u.repetition, u.judges, u.adopted, u.conversation_id, r.id AS reply_id, r.status,
        r.finish_reason, r.error_kind, r.error_text, r.error_detail,
        r.input_tokens, r.output_tokens, r.cached_tokens, r.reasoning_tokens,
        r.estimated_input_tokens, r.estimated_output_tokens, r.estimated_cached_tokens, r.estimated_reasoning_tokens,
        r.cost, r.cost_provenance, r.first_token_seconds, r.duration_seconds, r.ended_at
"""
_RUNS = f"{_FIGURES} FROM runs u {_NEWEST_REPLY} WHERE u.experiment_id = ? ORDER BY r.sequence"
MOST_SEARCHED = 2_000  # of the newest replies, for those of one experiment: no look grows with the file
# CROSS JOIN keeps this order: backwards from the newest reply, until there are enough.
_NEWEST = f"""
    {_FIGURES}, m.text FROM replies r CROSS JOIN messages m ON m.id = r.message_id
    CROSS JOIN runs u ON u.experiment_id = ? AND u.conversation_id = m.conversation_id
    CROSS JOIN conversations c ON c.id = u.conversation_id AND c.leaf_id = m.id
    WHERE r.sequence > (SELECT max(sequence) FROM replies) - ? AND r.purpose = '{EXPERIMENT}'
        AND NOT EXISTS (SELECT 1 FROM replies n WHERE n.message_id = m.id AND n.sequence > r.sequence)
    ORDER BY r.sequence DESC LIMIT ?
"""
_TEXTS = """
    SELECT u.cell_id, u.repetition, u.judges, m.text
    FROM runs u JOIN conversations c ON c.id = u.conversation_id JOIN messages m ON m.id = c.leaf_id
    WHERE u.experiment_id = :experiment AND (:cell IS NULL OR u.cell_id = :cell)
"""
_TEXTS_OF = """
    SELECT r.id, m.text FROM json_each(?) wanted JOIN replies r ON r.id = wanted.value
    JOIN messages m ON m.id = r.message_id
"""
_BEGUN = f"""
    SELECT u.conversation_id, m.parent_id, r.status
    FROM runs u {_NEWEST_REPLY} JOIN messages m ON m.id = c.leaf_id
    WHERE u.experiment_id = ? AND u.cell_id = ? AND u.repetition = ? AND u.judges = ?
"""
_SPENT = f"""
    {FIGURES} FROM runs u JOIN messages m ON m.conversation_id = u.conversation_id JOIN replies r ON r.message_id = m.id
    WHERE u.experiment_id = ? AND u.judges = ? AND NOT u.adopted AND r.status <> 'streaming'
"""
_COMPLETE = f"""
    FROM json_each(?) wanted JOIN runs u ON u.cell_id = wanted.value {_NEWEST_REPLY}
    WHERE NOT u.judges AND r.status = 'complete' AND c.deleted_at IS NULL
"""
_RECORDED = f"SELECT u.cell_id, count(DISTINCT u.conversation_id) {_COMPLETE} GROUP BY u.cell_id"
_TO_ADOPT = f"""
    SELECT DISTINCT u.cell_id, u.conversation_id, r.sequence {_COMPLETE}
        AND u.conversation_id NOT IN (SELECT conversation_id FROM runs WHERE experiment_id = ?)
    ORDER BY r.sequence
"""


class Runs:
    """The runs of experiments; a deleted experiment's can be read, but none can begin."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def begin(self, experiment_id: str, run: RunId, prompt: str, settings: Settings) -> Turn:
        """Stores the prompt of a run and an empty reply below it, or another reply if the run was sent before.

        Raises RunRecorded if it has its whole reply, ConversationBusy while one streams, ExperimentGone.
        """
        with self._file.write() as database:
            _refuse_gone(database, experiment_id)
            begun = database.execute(_BEGUN, (experiment_id, *_key(run))).fetchone()
            if begun is None:
                return _begin_first(database, experiment_id, run, prompt, settings)
            conversation_id, prompt_id, status = begun
            if status == Status.STREAMING:
                raise ConversationBusy
            if status == Status.COMPLETE:
                raise RunRecorded
            return begin_reply(database, conversation_id, prompt_id, settings)

    def of(self, experiment_id: str) -> list[StoredRun]:
        """All runs of an experiment that have begun, without their texts, in the order of their newest replies."""
        with self._file.read() as connection:
            return [_run(row) for row in connection.execute(_RUNS, (experiment_id,))]

    def newest(self, experiment_id: str, most: int) -> list[tuple[StoredRun, str]]:
        """The runs and judgements that began last, the newest first, each with its text; `MOST_SEARCHED` replies of
        the file are looked through for them."""
        with self._file.read() as connection:
            return [
                (_run(row), row["text"]) for row in connection.execute(_NEWEST, (experiment_id, MOST_SEARCHED, most))
            ]

    def texts(self, experiment_id: str, cell_id: str | None = None) -> dict[RunId, str]:
        """The texts of the newest replies of an experiment, or of one of its cells only."""
        with self._file.read() as connection:
            rows = connection.execute(_TEXTS, {"experiment": experiment_id, "cell": cell_id}).fetchall()
        return {RunId(cell, repetition, bool(judges)): text for cell, repetition, judges, text in rows}

    def texts_of(self, reply_ids: Iterable[str]) -> dict[str, str]:
        """The texts of some replies to runs, by the replies' ids."""
        with self._file.read() as connection:
            return dict(connection.execute(_TEXTS_OF, (json.dumps(list(reply_ids)),)).fetchall())

    def spent(self, experiment_id: str, judges: bool) -> Spent:
        """What the ended replies to the runs, or those of the judge, used; what was adopted was paid for elsewhere."""
        with self._file.read() as connection:
            return sum_of(connection.execute(_SPENT, (experiment_id, judges)))

    def recorded(self, cell_ids: Iterable[str]) -> dict[str, int]:
        """How often each of these cells is recorded with its whole reply, in whatever experiments."""
        with self._file.read() as connection:
            return dict(connection.execute(_RECORDED, (json.dumps(list(cell_ids)),)).fetchall())

    def adopt(self, experiment_id: str, wanted: Iterable[RunId]) -> int:
        """Takes recorded replies of other experiments for those wanted runs that have not begun; says how many.

        Each reply serves one repetition at most. Raises ExperimentGone.
        """
        with self._file.write() as database:
            _refuse_gone(database, experiment_id)
            missing = _not_begun(database, experiment_id, wanted)
            cells = json.dumps(list({run.cell_id for run in missing}))
            free: dict[str, list[str]] = defaultdict(list)
            for cell_id, conversation_id, _ in database.execute(_TO_ADOPT, (cells, experiment_id)):
                free[cell_id].append(conversation_id)
            rows = [(experiment_id, *_key(run), free[run.cell_id].pop(0)) for run in missing if free[run.cell_id]]
            database.conn.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, 1, ?)", rows)
        return len(rows)


def _key(run: RunId) -> tuple[str, int, bool]:
    return run.cell_id, run.repetition, run.judges


def _refuse_gone(database: Database, experiment_id: str) -> None:
    query = "SELECT 1 FROM experiments WHERE id = ? AND deleted_at IS NULL"
    if not database.execute(query, (experiment_id,)).fetchone():
        raise ExperimentGone


def _not_begun(database: Database, experiment_id: str, wanted: Iterable[RunId]) -> list[RunId]:
    query = "SELECT cell_id, repetition FROM runs WHERE experiment_id = ? AND NOT judges"
    begun = set(database.execute(query, (experiment_id,)))
    return [run for run in wanted if (run.cell_id, run.repetition) not in begun]


def _begin_first(database: Database, experiment_id: str, run: RunId, prompt: str, settings: Settings) -> Turn:
    conversation_id = new_conversation(database, "", settings, EXPERIMENT)
    prompt_id = add_message(database, conversation_id, None, "user", prompt)
    columns = {"experiment_id": experiment_id, "conversation_id": conversation_id}
    key = {"cell_id": run.cell_id, "repetition": run.repetition, "judges": run.judges}
    database.table("runs").insert(columns | key)
    return begin_reply(database, conversation_id, prompt_id, settings)


def _run(row: Row) -> StoredRun:
    return StoredRun(
        id=RunId(row["cell_id"], row["repetition"], bool(row["judges"])),
        adopted=bool(row["adopted"]),
        conversation_id=row["conversation_id"],
        reply_id=row["reply_id"],
        status=Status(row["status"]),
        finish_reason=row["finish_reason"],
        failure=failure_from(row),
        reported=usage_from(row),
        estimated=usage_from(row, "estimated_"),
        cost=amount_from(row) if row["cost_provenance"] is not None else None,
        timing=Timing(row["first_token_seconds"], row["duration_seconds"]) if row["ended_at"] else None,
    )
