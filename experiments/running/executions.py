"""The experiments that run in this process: one execution of each, however many pages ask for it."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import wait
from typing import Protocol, TypeVar

from experiments.cells import cells
from experiments.plan_json import from_json
from experiments.running.execution import Execution
from experiments.running.progress import Tally
from experiments.running.sender import RunStore, Sender
from experiments.running.steps import Standing, Standings, run_ids, standing_of, steps
from llm.replies.ledger import Allowance
from llm.runner import Runner
from llm.turns import Turns
from llm.types import PlaygroundError, Spent, Status
from storage.records import ExperimentState, ListedExperiment, RunId, StoredExperiment, StoredRun

T = TypeVar("T")
UNFINISHED = (ExperimentState.RUNNING, ExperimentState.PAUSED)
CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for a request that is just being stored


class ExperimentStore(Protocol):
    """What running needs of the store's experiments."""

    def get(self, experiment_id: str) -> StoredExperiment | None: ...
    def set_state(self, experiment_id: str, state: ExperimentState) -> None: ...
    def in_state(self, state: ExperimentState) -> list[ListedExperiment]: ...


class RecordedRuns(RunStore, Protocol):
    """What running needs of the store's runs."""

    def of(self, experiment_id: str) -> list[StoredRun]: ...
    def spent(self, experiment_id: str, judges: bool) -> Spent: ...
    def adopt(self, experiment_id: str, wanted: Iterable[RunId]) -> int: ...


class Executions:
    """Starts stored experiments on the runner and knows those that run; any thread may call it but the runner's.

    A notebook joins the same parts as services.py: an experiment is a plan that was kept, by
    `store.experiments.create(plan.title, to_json(plan))`, and `start` sends it.
    """

    def __init__(self, experiments: ExperimentStore, runs: RecordedRuns, turns: Turns, runner: Runner) -> None:
        self._experiments, self._runs, self._turns, self._runner = experiments, runs, turns, runner
        self._known: dict[str, Execution] = {}
        self._lock = threading.Lock()
        self._closed = False

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
            if execution and execution.live:
                self._on_loop(execution.cancel)
            elif (stored := self._experiments.get(experiment_id)) and stored.state in UNFINISHED:
                self._experiments.set_state(experiment_id, ExperimentState.CANCELLED)

    def find(self, experiment_id: str) -> Execution | None:
        """The last execution of an experiment in this process; it says whether it is still `live`."""
        return self._known.get(experiment_id)

    def interrupted(self) -> list[ListedExperiment]:
        """The experiments that an earlier process was running when it ended: they can be resumed by `start`."""
        running = self._experiments.in_state(ExperimentState.RUNNING)
        return [listed for listed in running if not ((known := self.find(listed.id)) and known.live)]

    def close(self) -> None:
        """Let nothing more leave, and leave the experiments to be resumed."""
        with self._lock:
            self._closed = True
        live = [execution for execution in tuple(self._known.values()) if execution.live]
        for execution in live:
            self._on_loop(execution.close)
        wait([execution.done for execution in live if execution.done], CLOSE_TIMEOUT)

    def _start(self, experiment_id: str, wanted: Collection[Standing]) -> Execution:
        self._refuse_running(experiment_id)
        experiment = self._experiments.get(experiment_id)
        if experiment is None or self._closed:
            raise PlaygroundError("This experiment is no longer here. Restore it or plan a new one.")
        plan = from_json(experiment.plan)
        built = cells(plan)
        ids = run_ids(built, plan.repetitions)
        if experiment.state is ExperimentState.PLANNED:
            self._runs.adopt(experiment_id, ids)
        recorded = self._runs.of(experiment_id)
        standings = {run.id: standing_of(run.status, run.failure) for run in recorded}
        tally = self._tally(experiment_id, ids, standings, recorded)
        to_do = steps(plan, built, standings, wanted)
        spent = sum(spent.cost for spent in tally.spent.values())
        allowance = None if plan.cap is None else Allowance(plan.cap, spent)
        sender = Sender(experiment_id, plan, self._runs, self._turns, allowance)
        execution = Execution(experiment_id, plan, to_do, tally, sender)
        self._experiments.set_state(experiment_id, ExperimentState.RUNNING)
        execution.done = self._runner.submit(self._run(execution))
        self._known[experiment_id] = execution
        return execution

    def _refuse_running(self, experiment_id: str) -> None:
        present = self.find(experiment_id)
        if present and present.over:  # it only writes down how far it has got
            wait([present.done], CLOSE_TIMEOUT)
        if present and present.live:
            raise PlaygroundError("This experiment is running already. Wait for what is under way, or stop it first.")

    def _tally(
        self, experiment_id: str, ids: Iterable[RunId], standings: Standings, recorded: Iterable[StoredRun]
    ) -> Tally:
        spent = {judges: self._runs.spent(experiment_id, judges) for judges in (False, True)}
        tally = Tally(ids, standings, spent)
        for run in recorded:
            if not run.adopted and run.status is Status.COMPLETE:
                tally.time(run.timing)
        return tally

    async def _run(self, execution: Execution) -> None:
        await execution.run()
        try:
            if not execution.closing:
                await asyncio.to_thread(self._experiments.set_state, execution.experiment_id, execution.state)
        except PlaygroundError:
            pass  # one that was deleted has no state; another is offered to be resumed
        finally:
            execution.end()

    def _on_loop(self, action: Callable[[], T]) -> T:
        async def act() -> T:
            return action()

        return self._runner.submit(act()).result(CLOSE_TIMEOUT)
