"""What runs in this process: one execution of each thing that is stored, however many pages ask for it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import wait
from typing import Protocol, TypeVar

from experiments.running.execution import Execution
from experiments.running.phase import Phase
from llm.runner import Runner
from llm.types import PlaygroundError
from storage.experiments.records import ExperimentState

T = TypeVar("T")
CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for a request that is just being stored


class Stored(Protocol):
    """What is run, as it is stored."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> ExperimentState: ...


class StateStore(Protocol):
    """What is known of it between its executions."""

    def get(self, id_: str, /) -> Stored | None: ...
    def set_state(self, id_: str, state: ExperimentState, /) -> None: ...


class Registry:
    """The executions that are live, by the ids of what they run; any thread may call it but the runner's.

    `kind` is what the user calls what is run.
    """

    def __init__(self, kind: str, store: StateStore, runner: Runner) -> None:
        self._kind, self._states, self._runner = kind, store, runner
        self._running: dict[str, Execution] = {}
        self._troubles: dict[str, str] = {}
        self._lock = threading.Lock()  # who starts one holds it
        self._closed = False

    def find(self, id_: str) -> Execution | None:
        """The execution as long as it is live in this process; then it is forgotten."""
        return self._running.get(id_)

    def phase(self, stored: Stored) -> Phase:
        """What is being done."""
        if execution := self.find(stored.id):
            return execution.phase
        state = stored.state
        if state is ExperimentState.RUNNING and (now := self._states.get(stored.id)):
            state = now.state  # it may have ended since it was read
        return Phase.INTERRUPTED if state is ExperimentState.RUNNING else Phase(state)

    def trouble(self, id_: str) -> str:
        """Why it paused by itself in this process, in a sentence; "" if it did not."""
        execution = self.find(id_)
        return execution.trouble if execution else self._troubles.get(id_, "")

    def close(self) -> None:
        """Let nothing more leave, and leave what runs to be resumed."""
        with self._lock:
            self._closed = True
        live = tuple(self._running.values())
        for execution in live:
            self._on_loop(execution.close)
        wait([execution.done for execution in live if execution.done], CLOSE_TIMEOUT)

    def _refuse_second(self, id_: str) -> None:
        """Raise PlaygroundError if this runs already, or nothing is started any more."""
        present = self.find(id_)
        if present and present.over:  # it only writes down how far it has got
            wait([present.done], CLOSE_TIMEOUT)
        if self.find(id_):
            running = f"This {self._kind} is running already. Wait for what is under way, or stop it first."
            raise PlaygroundError(running)
        if self._closed:
            raise PlaygroundError("The playground is closing. Start it again, then go on here.")

    def _launch(self, execution: Execution) -> Execution:
        self._states.set_state(execution.id, ExperimentState.RUNNING)
        self._running[execution.id] = execution
        execution.done = self._runner.submit(self._run(execution))
        return execution

    async def _run(self, execution: Execution) -> None:
        await execution.run()
        try:
            if not execution.closing:
                await asyncio.to_thread(self._states.set_state, execution.id, execution.state)
        except PlaygroundError:
            pass  # one that was deleted has no state; another is offered to be resumed
        finally:
            self._forget(execution)
            execution.end()

    def _forget(self, execution: Execution) -> None:
        """Let go of what has ended, for a large one is 100,000 runs; why it paused is still told."""
        self._troubles[execution.id] = execution.trouble
        del self._running[execution.id]

    def _on_loop(self, action: Callable[[], T]) -> T:
        async def act() -> T:
            return action()

        return self._runner.submit(act()).result(CLOSE_TIMEOUT)
