"""Experiments as they are exported, recorded without asking a model."""

from itertools import cycle

from experiments.cells import cells, runs
from experiments.plan import Plan
from experiments.reading.reader import Reader
from experiments.report.exported import Exported, exported
from llm.types import Outcome
from tests.experiments.recorded import ended, record, record_run


def recorded(store, plan: Plan, replies=("好的。",), judgement: str = "", end: Outcome | None = None) -> Exported:
    """A plan all of whose runs are recorded, with these replies in turn."""
    texts = cycle(replies)
    experiment = record(store, plan, lambda run: next(texts), lambda run: end or ended())
    for run in runs(cells(plan), plan.repetitions) if judgement else ():
        record_run(store, experiment.id, run, judgement, judges=True)
    return of(store, experiment.id)


def of(store, id_: str) -> Exported:
    """What is recorded of an experiment."""
    return exported(store.experiments.get(id_), Reader(store.runs), store.runs)
