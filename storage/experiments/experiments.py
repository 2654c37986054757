"""Experiments: the list, their plans, how far they have got, and their end."""

from datetime import datetime, timedelta
from secrets import token_hex

from llm.types import ID_BYTES
from storage.columns import encodable, now
from storage.deletions import recently_deleted
from storage.errors import ExperimentGone
from storage.experiments.records import ExperimentState, ListedExperiment, StoredExperiment
from storage.file.database import DatabaseFile
from storage.records import Deleted

_RECENT = """
    SELECT id, title, state, updated_at FROM experiments WHERE deleted_at IS NULL
    ORDER BY sequence DESC LIMIT ?
"""
_RUNS = "SELECT conversation_id FROM runs WHERE experiment_id = :id"
# A run that another experiment has adopted, or was adopted from, stays as long as that one does.
_HIDE_RUNS = f"""
    UPDATE conversations SET deleted_at = :now WHERE id IN ({_RUNS}) AND deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM runs other JOIN experiments e ON e.id = other.experiment_id
        WHERE other.conversation_id = conversations.id AND e.id <> :id AND e.deleted_at IS NULL)
"""


class Experiments:
    """Experiments by id. A deleted one is hidden, with its runs, until it is restored or purged."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def create(self, title: str, plan: str) -> str:
        """Keeps a plan (JSON text) as a new experiment; its id."""
        id_, created = token_hex(ID_BYTES), now()
        columns = {"id": id_, "created_at": created, "updated_at": created, "state": ExperimentState.PLANNED}
        with self._file.write() as database:
            database.table("experiments").insert(columns | {"title": encodable(title), "plan": encodable(plan)})
        return id_

    def recent(self, limit: int) -> list[ListedExperiment]:
        """At most `limit` experiments, the newest first."""
        with self._file.read() as connection:
            rows = connection.execute(_RECENT, (limit,)).fetchall()
        return [
            ListedExperiment(id_, title, ExperimentState(state), datetime.fromisoformat(updated))
            for id_, title, state, updated in rows
        ]

    def recently_deleted(self, within: timedelta) -> list[Deleted]:
        """What was deleted less than that long ago and can be restored, in the order of the deletions."""
        return recently_deleted(self._file, "experiments WHERE plan <> ''", within)

    def get(self, experiment_id: str) -> StoredExperiment | None:
        query = "SELECT id, title, state, plan, created_at FROM experiments WHERE id = ? AND deleted_at IS NULL"
        with self._file.read() as connection:
            row = connection.execute(query, (encodable(experiment_id),)).fetchone()
        if row is None:
            return None
        id_, title, state, plan, created = row
        return StoredExperiment(id_, title, ExperimentState(state), plan, datetime.fromisoformat(created))

    def rename(self, experiment_id: str, title: str) -> None:
        """Raises ExperimentGone."""
        self._change(experiment_id, "title", title)

    def save_plan(self, experiment_id: str, plan: str) -> None:
        """Replaces the plan. Raises ExperimentGone."""
        self._change(experiment_id, "plan", plan)

    def set_state(self, experiment_id: str, state: ExperimentState) -> None:
        """Raises ExperimentGone."""
        self._change(experiment_id, "state", state)

    def delete(self, experiment_id: str) -> None:
        """Hides an experiment and its runs, until it is restored or purged with what else was deleted."""
        values = {"id": experiment_id, "now": now()}
        with self._file.write() as database:
            query = "UPDATE experiments SET deleted_at = :now WHERE id = :id AND deleted_at IS NULL"
            if database.execute(query, values).rowcount:
                database.execute(_HIDE_RUNS, values)

    def restore(self, experiment_id: str) -> None:
        """Shows a deleted experiment and its runs again. Raises ExperimentGone once it is purged."""
        with self._file.write() as database:
            query = "UPDATE experiments SET deleted_at = NULL WHERE id = ? AND plan <> ''"  # nor half purged
            if not database.execute(query, (experiment_id,)).rowcount:
                raise ExperimentGone
            shown = f"UPDATE conversations SET deleted_at = NULL WHERE id IN ({_RUNS}) AND leaf_id IS NOT NULL"
            database.execute(shown, {"id": experiment_id})

    def _change(self, experiment_id: str, column: str, value: str) -> None:
        query = f"UPDATE experiments SET {column} = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL"
        with self._file.write() as database:
            if not database.execute(query, (encodable(value), now(), experiment_id)).rowcount:
                raise ExperimentGone
