"""The experiments that run in this process: one execution of each, however many pages ask for it."""

from collections.abc import Collection, Iterable
from typing import Protocol

from experiments.cells import cells
from experiments.plan_json import from_json
from experiments.running.execution import Execution, Limits
from experiments.running.registry import Registry
from experiments.running.sender import RunStore, Sender
from experiments.running.stand import CountedRuns, recorded_tally
from experiments.running.steps import Standing, run_ids, standings_of, steps
from llm.replies.ledger import Allowance
from llm.runner import Runner
from llm.turns import Turns
from storage.errors import ExperimentGone
from storage.experiments.records import ExperimentState, RunId, StoredExperiment

UNFINISHED = (ExperimentState.RUNNING, ExperimentState.PAUSED)


class ExperimentStore(Protocol):
    """What running needs of the store's experiments."""

    def get(self, experiment_id: str) -> StoredExperiment | None: ...
    def set_state(self, experiment_id: str, state: ExperimentState) -> None: ...


class SentRuns(RunStore, CountedRuns, Protocol):
    """What running needs of the store's runs."""

    def adopt(self, experiment_id: str, wanted: Iterable[RunId]) -> int: ...


class Executions(Registry):
    """Starts stored experiments on the runner and knows those that run; any thread may call it but the runner's.

    A notebook joins the same parts as services.py: an experiment is a plan that was kept, by
    `store.experiments.create(plan.title, to_json(plan))`, and `start` sends it.
    """

    def __init__(self, experiments: ExperimentStore, runs: SentRuns, turns: Turns, runner: Runner) -> None:
        super().__init__("experiment", experiments, runner)
        self._experiments, self._runs, self._turns = experiments, runs, turns

    def start(self, experiment_id: str) -> Execution:
        """Send what is left of an experiment, at its first start only what is not recorded yet in another one.

        Goes on with one that is pausing. Raises PlaygroundError if it runs already, is not there or cannot be run.
        """
        with self._lock:
            present = self.find(experiment_id)
            if present and self._on_loop(present.resume):
                return present
            return self._start(experiment_id, (Standing.LEFT,))

    def retry_failed(self, experiment_id: str) -> Execution:
        """Send the failed runs of an experiment again, and no others. Raises as `start` does."""
        with self._lock:
            return self._start(experiment_id, (Standing.FAILED,))

    def pause(self, experiment_id: str) -> None:
        """Let nothing more leave; what is under way comes to its end. Nothing happens if it does not run."""
        if execution := self.find(experiment_id):
            self._on_loop(execution.pause)

    def cancel(self, experiment_id: str) -> None:
        """Let nothing more leave, and stop what is under way; all that arrived is kept.

        One that was paused or interrupted is not offered to be resumed any more; `start` would still do it.
        """
        with self._lock:
            execution = self.find(experiment_id)
            if execution:
                self._on_loop(execution.cancel)
            elif (stored := self._experiments.get(experiment_id)) and stored.state in UNFINISHED:
                self._experiments.set_state(experiment_id, ExperimentState.CANCELLED)

    def _start(self, experiment_id: str, wanted: Collection[Standing]) -> Execution:
        self._refuse_second(experiment_id)
        experiment = self._experiments.get(experiment_id)
        if experiment is None:
            raise ExperimentGone
        plan = from_json(experiment.plan)
        built = cells(plan)
        if experiment.state is ExperimentState.PLANNED:
            self._runs.adopt(experiment_id, run_ids(built, plan.repetitions))
        recorded = self._runs.of(experiment_id)
        tally = recorded_tally(experiment_id, plan, built, recorded, self._runs)
        to_do = steps(plan, built, standings_of(recorded), wanted)
        spent = sum(spent.cost for spent in tally.spent.values())
        allowance = None if plan.cap is None else Allowance(plan.cap, spent)
        sender = Sender(experiment_id, plan, self._runs, self._turns, allowance)
        limits = Limits(plan.concurrency, plan.requests_per_minute, plan.cap)
        return self._launch(Execution(experiment_id, limits, to_do, tally, sender))
