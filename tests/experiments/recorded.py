"""Experiments whose runs were stored without asking a model."""

from collections.abc import Callable
from decimal import Decimal

from experiments.cells import Run, cells, runs
from experiments.plan import Plan
from experiments.plan_json import to_json
from llm.types import Cost, Outcome, Provenance, Status, Timing, Usage
from storage.experiments.records import RunId, StoredExperiment


def ended(status=Status.COMPLETE, tokens=20, cost="0.25", first=0.25, seconds=1.5, **more) -> Outcome:
    """How a run ended; its tokens are estimated unless they are given as reported."""
    amount = Cost(Decimal(cost), Provenance.ESTIMATED)
    return Outcome(status, Usage(10, tokens), amount, Timing(first, seconds), **{"finish_reason": "stop", **more})


def record(
    store,
    plan: Plan,
    text_of: Callable[[Run], str | None],
    end_of: Callable[[Run], Outcome] = lambda run: ended(),
) -> StoredExperiment:
    """A plan whose runs are recorded with these texts; those without one have not begun."""
    id_ = store.experiments.create(plan.title, to_json(plan))
    for run in runs(cells(plan), plan.repetitions):
        if (text := text_of(run)) is not None:
            record_run(store, id_, run, text, end_of(run))
    return store.experiments.get(id_)


def record_run(store, experiment_id, run: Run, text: str, end: Outcome | None = None, judges: bool = False) -> None:
    """One run, or what a judge said of it."""
    id_ = RunId(run.cell.id, run.repetition, judges)
    turn = store.runs.begin(experiment_id, id_, run.cell.prompt, run.cell.settings)
    assert store.replies.finish(turn.reply_id, text, "", end or ended())
