"""Experiments whose runs were stored without asking a model."""

from itertools import product

from experiments.cells import cells
from experiments.plan_json import to_json
from experiments.reading.results import Reader
from experiments.report.exported import Exported
from tests.storage.samples import run


def recorded(store, plan, replies=("好的。",), judgement=None, title=None, **end) -> Exported:
    """A plan all of whose runs are recorded, with these replies in turn."""
    id_ = store.experiments.create(title or plan.title, to_json(plan))
    for number, (repetition, cell) in enumerate(product(range(plan.repetitions), cells(plan))):
        text = replies[number % len(replies)]
        run(store, id_, cell.id, repetition, prompt=cell.prompt, reply=text, **end)
        if judgement:
            run(store, id_, cell.id, repetition, judges=True, reply=judgement, **end)
    return exported(store, id_)


def exported(store, id_) -> Exported:
    """What is recorded of an experiment."""
    kept = store.experiments.get(id_)
    spent, judging = (store.runs.spent(id_, judges) for judges in (False, True))
    return Exported(kept.title, kept.created_at, Reader(store.runs).read(kept), spent, judging)
