"""The reruns of conversations: begun, stopped and resumed; one execution of each, however many pages ask for it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from experiments.rerunning.sending import InOrder, MessageStore, TurnSender, TurnStore
from experiments.rerunning.turns import AT_ONCE, failed, left, step, tally
from experiments.running.execution import Execution, Limits
from experiments.running.progress import Progress
from experiments.running.registry import Registry
from llm.runner import Runner
from llm.turns import Turns
from llm.types import Settings, Spent
from storage.errors import RerunGone
from storage.experiments.records import ExperimentState
from storage.experiments.rerun_records import RerunTurn, StoredRerun, Way


class RerunStore(TurnStore, Protocol):
    """What rerunning needs of the store's reruns."""

    def first_asked(self, conversation_id: str) -> str: ...
    def create(self, conversation_id: str, way: Way, settings: Settings) -> str: ...
    def get(self, rerun_id: str) -> StoredRerun | None: ...
    def turns(self, rerun_id: str) -> list[RerunTurn]: ...
    def spent(self, rerun_id: str) -> Spent: ...
    def set_state(self, rerun_id: str, state: ExperimentState) -> None: ...


class Reruns(Registry):
    """Reruns conversations on the runner and knows what runs; any thread may call it but the runner's.

    A notebook joins the same parts as services.py and needs no page: `start` sends, `progress` tells how far it is.
    """

    def __init__(self, reruns: RerunStore, messages: MessageStore, turns: Turns, runner: Runner) -> None:
        super().__init__("replay", reruns, runner)
        self._reruns, self._messages, self._turns = reruns, messages, turns

    def start(self, conversation_id: str, way: Way, settings: Settings) -> str:
        """Ask all that was asked in the open branch of a conversation again, with these settings; the rerun's id.

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
        """Stop every rerun of a conversation."""
        running = (self._reruns.get(rerun_id) for rerun_id in tuple(self._running))
        for rerun in running:
            if rerun and rerun.conversation_id == conversation_id:
                self.stop(rerun.id)

    def progress(self, rerun: StoredRerun) -> Progress:
        """How far a rerun has got: by its execution while that is live, else by what is recorded."""
        if execution := self.find(rerun.id):
            return execution.progress
        turns = self._reruns.turns(rerun.id)
        return tally(rerun, turns, self._reruns.spent(rerun.id)).progress(0, None, AT_ONCE[rerun.way])

    def _start(self, rerun_id: str, wanted: Callable[[Way, Sequence[RerunTurn]], Sequence[RerunTurn]]) -> None:
        self._refuse_second(rerun_id)
        rerun = self._reruns.get(rerun_id)
        if rerun is None:
            raise RerunGone
        turns = self._reruns.turns(rerun_id)
        steps = [step(rerun_id, turn) for turn in sorted(wanted(rerun.way, turns), key=lambda turn: turn.turn)]
        counted = tally(rerun, turns, self._reruns.spent(rerun_id))
        sender = TurnSender(rerun, self._reruns, self._messages, self._turns)
        kind = InOrder if rerun.way is Way.OWN else Execution
        self._launch(kind(rerun_id, Limits(AT_ONCE[rerun.way]), steps, counted, sender))
