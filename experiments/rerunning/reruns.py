"""The replays of conversations: begun, stopped and resumed; one execution of each, however many pages ask for it."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import Protocol, TypeVar

from experiments.plan import Plan
from experiments.rerunning.sending import InOrder, MessageStore, TurnSender, TurnStore
from experiments.rerunning.turns import AT_ONCE, failed, left, step, tally
from experiments.running.execution import Execution
from experiments.running.phase import Phase
from experiments.running.progress import Progress
from llm.runner import Runner
from llm.turns import Turns
from llm.types import PlaygroundError, Settings, Spent
from storage.errors import RerunGone
from storage.experiments.records import ExperimentState
from storage.experiments.rerun_records import RerunTurn, StoredRerun, Way

T = TypeVar("T")
CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for a turn that is just being stored
CLOSING = "The playground is closing. Resume this replay once it runs again."


class RerunStore(TurnStore, Protocol):
    """What replaying needs of the store's replays."""

    def first_asked(self, conversation_id: str) -> str: ...
    def create(self, conversation_id: str, way: Way, settings: Settings) -> str: ...
    def get(self, rerun_id: str) -> StoredRerun | None: ...
    def turns(self, rerun_id: str) -> list[RerunTurn]: ...
    def spent(self, rerun_id: str) -> Spent: ...
    def set_state(self, rerun_id: str, state: ExperimentState) -> None: ...


class Reruns:
    """Replays conversations on the runner and knows what runs; any thread may call it but the runner's.

    A notebook joins the same parts as services.py and needs no page: `start` sends, `progress` tells how far it is.
    """

    def __init__(self, reruns: RerunStore, messages: MessageStore, turns: Turns, runner: Runner) -> None:
        self._reruns, self._messages, self._turns, self._runner = reruns, messages, turns, runner
        self._running: dict[str, Execution] = {}
        self._troubles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._closed = False

    def start(self, conversation_id: str, way: Way, settings: Settings) -> str:
        """Ask all that was asked in the open branch of a conversation again, with these settings; the replay's id.

        Raises PlaygroundError, with nothing stored or sent, if it cannot be sent, or a reply streams there.
        """
        self._turns.refuse(conversation_id, self._reruns.first_asked(conversation_id), settings)
        with self._lock:
            rerun_id = self._reruns.create(conversation_id, way, settings)
            self._start(rerun_id, lambda _, turns: left(turns))
        return rerun_id

    def resume(self, rerun_id: str) -> None:
        """Send the turns that are left; failed ones stay failed, and what has its reply is never sent again.

        Raises PlaygroundError if it runs already or is not there.
        """
        with self._lock:
            self._start(rerun_id, lambda _, turns: left(turns))

    def retry(self, rerun_id: str) -> None:
        """Send the failed turns again that can be, and those that are left. Raises as `resume` does."""
        with self._lock:
            self._start(rerun_id, lambda way, turns: [*failed(way, turns), *left(turns)])

    def stop(self, rerun_id: str) -> None:
        """Let nothing more leave, and end what is under way; what arrived is kept. Nothing happens if it is over."""
        if execution := self.find(rerun_id):
            self._on_loop(execution.cancel)

    def stop_in(self, conversation_id: str) -> None:
        """Stop every replay of a conversation."""
        running = (self._reruns.get(rerun_id) for rerun_id in tuple(self._running))
        for rerun in running:
            if rerun and rerun.conversation_id == conversation_id:
                self.stop(rerun.id)

    def find(self, rerun_id: str) -> Execution | None:
        """The execution of a replay as long as it is live in this process."""
        return self._running.get(rerun_id)

    def phase(self, rerun: StoredRerun) -> Phase:
        """What a replay is doing."""
        if execution := self.find(rerun.id):
            return execution.phase
        state = rerun.state
        if state is ExperimentState.RUNNING and (stored := self._reruns.get(rerun.id)):
            state = stored.state  # it may have ended since it was read
        return Phase.INTERRUPTED if state is ExperimentState.RUNNING else Phase(state)

    def progress(self, rerun: StoredRerun) -> Progress:
        """How far a replay has got: by its execution while that is live, else by what is recorded."""
        if execution := self.find(rerun.id):
            return execution.progress
        turns = self._reruns.turns(rerun.id)
        return tally(rerun, turns, self._reruns.spent(rerun.id)).progress(0, None, AT_ONCE[rerun.way])

    def trouble(self, rerun_id: str) -> str:
        """Why a replay paused by itself in this process, in a sentence; "" if it did not."""
        execution = self.find(rerun_id)
        return execution.trouble if execution else self._troubles.get(rerun_id, "")

    def close(self) -> None:
        """Let nothing more leave, and leave the replays to be resumed."""
        with self._lock:
            self._closed = True
        live = tuple(self._running.values())
        for execution in live:
            self._on_loop(execution.close)
        wait([execution.done for execution in live if execution.done], CLOSE_TIMEOUT)

    def _start(self, rerun_id: str, wanted: Callable[[Way, Sequence[RerunTurn]], Sequence[RerunTurn]]) -> None:
        self._refuse_running(rerun_id)
        rerun = self._reruns.get(rerun_id)
        if rerun is None:
            raise RerunGone
        if self._closed:
            raise PlaygroundError(CLOSING)
        turns = self._reruns.turns(rerun_id)
        steps = [step(rerun, turn) for turn in sorted(wanted(rerun.way, turns), key=lambda turn: turn.turn)]
        counted = tally(rerun, turns, self._reruns.spent(rerun_id))
        plan = Plan("", (), rerun.settings, concurrency=AT_ONCE[rerun.way])
        sender = TurnSender(rerun, self._reruns, self._messages, self._turns)
        kind = InOrder if rerun.way is Way.OWN else Execution
        execution = kind(rerun_id, plan, steps, counted, sender)
        self._reruns.set_state(rerun_id, ExperimentState.RUNNING)
        self._running[rerun_id] = execution
        execution.done = self._runner.submit(self._run(execution))

    def _refuse_running(self, rerun_id: str) -> None:
        present = self.find(rerun_id)
        if present and present.over:  # it only writes down how far it has got
            wait([present.done], CLOSE_TIMEOUT)
        if self.find(rerun_id):
            raise PlaygroundError("This replay is running already. Wait for it, or stop it first.")

    async def _run(self, execution: Execution) -> None:
        rerun_id = execution.experiment_id
        await execution.run()
        try:
            if not execution.closing:
                await asyncio.to_thread(self._reruns.set_state, rerun_id, execution.state)
        except PlaygroundError:
            pass  # one that was deleted has no state; another is offered to be resumed
        finally:
            self._troubles[rerun_id] = execution.trouble
            del self._running[rerun_id]
            execution.end()

    def _on_loop(self, action: Callable[[], T]) -> T:
        async def act() -> T:
            return action()

        return self._runner.submit(act()).result(CLOSE_TIMEOUT)
