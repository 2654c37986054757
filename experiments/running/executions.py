"""The experiments that run in this process: one execution of each, however many pages ask for it."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import wait
from typing import Protocol, TypeVar

from experiments.cells import cells
from experiments.plan_json import from_json
from experiments.running.execution import Execution
from experiments.running.phase import Phase
from experiments.running.sender import RunStore, Sender
from experiments.running.stand import CountedRuns, recorded_tally
from experiments.running.steps import Standing, run_ids, standings_of, steps
from llm.replies.ledger import Allowance
from llm.runner import Runner
from llm.turns import Turns
from llm.types import PlaygroundError
from storage.experiments.records import ExperimentState, ListedExperiment, RunId, StoredExperiment

T = TypeVar("T")
UNFINISHED = (ExperimentState.RUNNING, ExperimentState.PAUSED)
CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for a request that is just being stored


class ExperimentStore(Protocol):
    """What running needs of the store's experiments."""

    def get(self, experiment_id: str) -> StoredExperiment | None: ...
    def set_state(self, experiment_id: str, state: ExperimentState) -> None: ...


class SentRuns(RunStore, CountedRuns, Protocol):
    """What running needs of the store's runs."""

    def adopt(self, experiment_id: str, wanted: Iterable[RunId]) -> int: ...


class Executions:
    """Starts stored experiments on the runner and knows those that run; any thread may call it but the runner's.

    A notebook joins the same parts as services.py: an experiment is a plan that was kept, by
    `store.experiments.create(plan.title, to_json(plan))`, and `start` sends it.
    """

    def __init__(self, experiments: ExperimentStore, runs: SentRuns, turns: Turns, runner: Runner) -> None:
        self._experiments, self._runs, self._turns, self._runner = experiments, runs, turns, runner
        self._running: dict[str, Execution] = {}
        self._troubles: dict[str, str] = {}
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
            if execution:
                self._on_loop(execution.cancel)
            elif (stored := self._experiments.get(experiment_id)) and stored.state in UNFINISHED:
                self._experiments.set_state(experiment_id, ExperimentState.CANCELLED)

    def find(self, experiment_id: str) -> Execution | None:
        """The execution of an experiment as long as it is live in this process; then it is forgotten."""
        return self._running.get(experiment_id)

    def phase(self, experiment: StoredExperiment | ListedExperiment) -> Phase:
        """What an experiment is doing."""
        if execution := self.find(experiment.id):
            return execution.phase
        state = experiment.state
        if state is ExperimentState.RUNNING and (stored := self._experiments.get(experiment.id)):
            state = stored.state  # it may have ended since it was read
        return Phase.INTERRUPTED if state is ExperimentState.RUNNING else Phase(state)

    def trouble(self, experiment_id: str) -> str:
        """Why an experiment paused by itself in this process, in a sentence; "" if it did not."""
        execution = self.find(experiment_id)
        return execution.trouble if execution else self._troubles.get(experiment_id, "")

    def close(self) -> None:
        """Let nothing more leave, and leave the experiments to be resumed."""
        with self._lock:
            self._closed = True
        live = tuple(self._running.values())
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
        if experiment.state is ExperimentState.PLANNED:
            self._runs.adopt(experiment_id, run_ids(built, plan.repetitions))
        recorded = self._runs.of(experiment_id)
        tally = recorded_tally(experiment_id, plan, built, recorded, self._runs)
        to_do = steps(plan, built, standings_of(recorded), wanted)
        spent = sum(spent.cost for spent in tally.spent.values())
        allowance = None if plan.cap is None else Allowance(plan.cap, spent)
        sender = Sender(experiment_id, plan, self._runs, self._turns, allowance)
        execution = Execution(experiment_id, plan, to_do, tally, sender)
        self._experiments.set_state(experiment_id, ExperimentState.RUNNING)
        self._running[experiment_id] = execution
        execution.done = self._runner.submit(self._run(execution))
        return execution

    def _refuse_running(self, experiment_id: str) -> None:
        present = self.find(experiment_id)
        if present and present.over:  # it only writes down how far it has got
            wait([present.done], CLOSE_TIMEOUT)
        if self.find(experiment_id):
            raise PlaygroundError("This experiment is running already. Wait for what is under way, or stop it first.")

    async def _run(self, execution: Execution) -> None:
        await execution.run()
        try:
            if not execution.closing:
                await asyncio.to_thread(self._experiments.set_state, execution.experiment_id, execution.state)
        except PlaygroundError:
            pass  # one that was deleted has no state; another is offered to be resumed
        finally:
            self._forget(execution)
            execution.end()

    def _forget(self, execution: Execution) -> None:
        """Let go of what has ended, for a large one is 100,000 runs; why it paused is still told."""
        self._troubles[execution.experiment_id] = execution.trouble
        del self._running[execution.experiment_id]

    def _on_loop(self, action: Callable[[], T]) -> T:
        async def act() -> T:
            return action()

        return self._runner.submit(act()).result(CLOSE_TIMEOUT)
