"""An experiment as it is exported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from experiments.reading.reader import Reader
from experiments.reading.results import Results
from llm.types import Spent
from storage.experiments.records import StoredExperiment


class PaidRuns(Protocol):
    """What an export needs of the store's runs."""

    def spent(self, experiment_id: str, judges: bool) -> Spent: ...


@dataclass(frozen=True)
class Exported:
    """The results of an experiment, how it is called, when it was made and what it cost, adopted runs left out."""

    title: str
    created_at: datetime
    results: Results
    spent: Spent  # on the runs
    spent_on_judging: Spent
    running: bool = False  # more is being recorded


def exported(experiment: StoredExperiment, reader: Reader, runs: PaidRuns, running: bool = False) -> Exported:
    """All that is recorded of an experiment by now; `running` says that it is still going."""
    spent, on_judging = (runs.spent(experiment.id, judges) for judges in (False, True))
    return Exported(experiment.title, experiment.created_at, reader.read(experiment), spent, on_judging, running)
