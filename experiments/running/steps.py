"""The requests of a plan, and how each of them stands: by what is recorded, never by what this process remembers."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from experiments.cells import Cell, runs
from experiments.plan import Plan
from llm.types import Failure, Status
from storage.experiments.records import RunId, StoredRun

REFUSED = frozenset({"rate_limit", "overloaded"})  # the kinds of failure that pass: such a run is not lost


class Standing(StrEnum):
    """What is to be done about a request."""

    LEFT = "left"
    DONE = "done"
    FAILED = "failed"  # for good, unless somebody asks for it again


Standings = Mapping[RunId, Standing]  # of what has been sent


@dataclass(frozen=True, slots=True)
class Step:
    """A request to be made."""

    id: RunId


@dataclass(frozen=True, slots=True)
class RunStep(Step):
    """A request of an experiment: a run, or what a judge is asked about one."""

    cell: Cell


def standing_of(status: Status, failure: Failure | None) -> Standing:
    """How a request stands whose newest reply ended like this; one that was stopped or interrupted is left."""
    if status is Status.COMPLETE:
        return Standing.DONE
    passing = failure is not None and failure.kind in REFUSED and status is Status.FAILED
    return Standing.FAILED if status in (Status.FAILED, Status.INCOMPLETE) and not passing else Standing.LEFT


def standings_of(recorded: Iterable[StoredRun]) -> dict[RunId, Standing]:
    """How the requests stand that have been sent."""
    return {run.id: standing_of(run.status, run.failure) for run in recorded}


def run_ids(built: Iterable[Cell], repetitions: int) -> list[RunId]:
    """The runs of a plan in the order in which they are sent."""
    return [RunId(run.cell.id, run.repetition) for run in runs(built, repetitions)]


def steps(plan: Plan, built: Sequence[Cell], standings: Standings, wanted: Collection[Standing]) -> Iterator[RunStep]:
    """The next request of each run that stands so: the judge's turn comes once the run is done."""
    for run in runs(built, plan.repetitions):
        id_ = RunId(run.cell.id, run.repetition)
        if plan.judge and standings.get(id_) is Standing.DONE:
            id_ = replace(id_, judges=True)
        if standings.get(id_, Standing.LEFT) in wanted:
            yield RunStep(id_, run.cell)


class Backlog:
    """The requests that are still to be made, in their order; any thread may look."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = deque(steps)
        self.runs = sum(not step.id.judges for step in self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def take(self) -> Step:
        """The next request."""
        step = self._steps.popleft()
        self.runs -= not step.id.judges
        return step

    def put_first(self, step: Step) -> None:
        """Have this request made next."""
        self._steps.appendleft(step)
        self.runs += not step.id.judges
