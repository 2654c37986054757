"""How the turns of a rerun leave, and what keeps the next one from leaving."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

from experiments.running.execution import Execution
from experiments.running.steps import Standing, Step, standing_of
from llm.replies.reply_run import ReplyRun
from llm.turns import Turns
from llm.types import Message, Outcome, Status
from llm.wire.context import History
from storage.experiments.rerun_records import StoredRerun


class TurnStore(Protocol):
    """What sending needs of the store's reruns."""

    def asks(self, rerun_id: str, turn: int) -> tuple[int, list[tuple[int, Message]]]: ...
    def begin(self, rerun_id: str, turn: int) -> Any: ...


class MessageStore(Protocol):
    """What sending needs of the store's messages."""

    def context(self, message_id: int) -> History: ...


class Extended:
    """A history with more said at its end; what was said before is read no further than somebody looks."""

    def __init__(self, before: History, more: Sequence[tuple[int, Message]]) -> None:
        self._before, self._more = before, more

    def __len__(self) -> int:
        return len(self._before) + len(self._more)

    def __reversed__(self) -> Iterator[tuple[int, Message]]:
        yield from reversed(self._more)
        yield from reversed(self._before)


class TurnSender:
    """Starts the turns of one rerun, each with the history that its way puts before it."""

    def __init__(self, rerun: StoredRerun, reruns: TurnStore, messages: MessageStore, turns: Turns) -> None:
        self._rerun, self._reruns, self._messages, self._turns = rerun, reruns, messages, turns

    def send(self, step: Step, refused: Callable[[float], None]) -> ReplyRun:
        """Store a turn and start its reply; blocks, so not on the runner's loop.

        Raises PlaygroundError, with nothing stored or sent, if that cannot be; OverBudget if nothing is left to spend.
        """
        turn = step.id.repetition
        newest, more = self._reruns.asks(self._rerun.id, turn)
        history = Extended(self._messages.context(newest), more)
        begin = partial(self._reruns.begin, self._rerun.id, turn)
        return self._turns.run_aside(self._rerun.conversation_id, begin, history, self._rerun.settings, refused)

    def stop(self, run: ReplyRun) -> None:
        """End a reply as stopped."""
        self._turns.stop(run.live.id)


class InOrder(Execution):
    """Turns of which each builds on the reply before: at the first without a whole reply it pauses, and says why."""

    def _take(self, step: Step, outcome: Outcome, departed: float) -> None:
        super()._take(step, outcome, departed)
        if standing_of(outcome.status, outcome.failure) is Standing.FAILED:
            self.trouble = f"Turn {step.id.repetition + 1}: {outcome.failure.sentence}"
        elif outcome.status in (Status.STOPPED, Status.INTERRUPTED):
            self.paused = True
