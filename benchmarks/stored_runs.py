"""An experiment whose runs are recorded already, before the playground starts; made by its own storage."""

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.texts import pieces
from experiments.cells import cells, runs
from experiments.checks.text_checks import Contains
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from llm.types import Cost, Outcome, Provenance, Settings, Status, Timing, Usage
from storage.experiments.records import ExperimentState, RunId
from storage.store import Store

TEMPERATURES, TOP_PS = (0.0, 0.25, 0.5, 0.75, 1.0), (0.25, 0.5, 0.75, 1.0)
TOKENS = 100  # of a reply
MARK = "marked"  # a word that stands in one reply in a hundred


@dataclass(frozen=True)
class StoredRuns:
    """An experiment that is done; `marked` of its replies have the MARK in them."""

    id: str
    runs: int
    marked: int


def store_runs(folder: Path, rows: int, repetitions: int, settings: Settings) -> StoredRuns:
    """An experiment of 20 cells for each of so many rows, repeated so often, in the file of this folder."""
    table = tuple({"thing": f"thing {row} 东西"} for row in range(rows))
    factors = (Factor("temperature", TEMPERATURES), Factor("top_p", TOP_PS))
    plan = Plan(
        "Benchmark",
        ("Describe {{thing}}.",),
        settings,
        factors,
        table,
        repetitions=repetitions,
        checks=(Contains("the"),),
    )
    with closing(Store(folder / "playground.db")) as store:
        id_ = store.experiments.create(plan.title, to_json(plan))
        count = marked = 0
        for run in runs(cells(plan), repetitions):
            turn = store.runs.begin(id_, RunId(run.cell.id, run.repetition), run.cell.prompt, run.cell.settings)
            is_marked = count % 100 == 0
            text = "".join(pieces(TOKENS, f"{MARK if is_marked else 'plain'}{count}"))
            store.replies.finish(turn.reply_id, text, "", _end(count))
            count, marked = count + 1, marked + is_marked
        store.experiments.set_state(id_, ExperimentState.DONE)
    return StoredRuns(id_, count, marked)


def _end(number: int) -> Outcome:
    cost = Cost(Decimal(number % 7 + 1) / 100_000, Provenance.REPORTED)
    usage = Usage(20, TOKENS + number % 13)
    return Outcome(
        Status.COMPLETE, usage, cost, Timing(0.2, 0.7 + number % 5 / 10), reported=usage, finish_reason="stop"
    )
