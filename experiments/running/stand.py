"""How far an experiment has got, by what is recorded of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from experiments.cells import Cell
from experiments.plan import Plan
from experiments.running.progress import Progress, Tally
from experiments.running.steps import Standing, run_ids, standing_of, standings_of
from llm.types import Failure, Spent, Status
from storage.experiments.records import StoredRun

UNFINISHED = "The server ended the reply without saying that it was done."


class CountedRuns(Protocol):
    """What counting needs of the store's runs."""

    def of(self, experiment_id: str) -> list[StoredRun]: ...
    def spent(self, experiment_id: str, judges: bool) -> Spent: ...


@dataclass(frozen=True, slots=True)
class Reason:
    """Why runs failed, what the server most often said of it ("" for nothing), and how many runs."""

    sentence: str
    detail: str
    count: int


@dataclass(frozen=True)
class Stand:
    """How far an experiment has got, and why its failed runs failed, the most frequent reason first."""

    progress: Progress
    failures: tuple[Reason, ...] = ()


def stand_of(experiment_id: str, plan: Plan, built: Collection[Cell], runs: CountedRuns) -> Stand:
    """How far an experiment has got that does not run in this process, or not any more."""
    recorded = runs.of(experiment_id)
    tally = recorded_tally(experiment_id, plan, built, recorded, runs)
    failed = [run for run in recorded if standing_of(run.status, run.failure) is Standing.FAILED]
    return Stand(tally.progress(0, None, plan.concurrency), _reasons(failed))


def _reasons(failed: Iterable[StoredRun]) -> tuple[Reason, ...]:
    details: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for run in failed:
        failure = run.failure or Failure("", UNFINISHED)
        details[failure.sentence][failure.detail] += 1
    reasons = (Reason(sentence, said.most_common(1)[0][0], said.total()) for sentence, said in details.items())
    return tuple(sorted(reasons, key=lambda reason: -reason.count))


def recorded_tally(
    experiment_id: str, plan: Plan, built: Collection[Cell], recorded: Sequence[StoredRun], runs: CountedRuns
) -> Tally:
    """Counts of an experiment's requests, by what is recorded of them."""
    spent = {judges: runs.spent(experiment_id, judges) for judges in (False, True)}
    tally = Tally(run_ids(built, plan.repetitions), standings_of(recorded), spent, bool(plan.judge))
    for run in recorded:
        if not run.adopted and run.status is Status.COMPLETE:
            tally.time(run.timing)
    return tally
