"""What each request of an experiment says, and how it leaves."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from experiments.plan import Plan
from experiments.running.steps import RunStep
from llm.replies.ledger import Allowance
from llm.replies.reply_run import ReplyRun
from llm.turns import Turns
from llm.types import Settings
from storage.experiments.records import RunId


class RunStore(Protocol):
    """What sending needs of the store's runs."""

    def begin(self, experiment_id: str, run: RunId, prompt: str, settings: Settings) -> Any: ...
    def texts(self, experiment_id: str, cell_id: str | None = None) -> dict[RunId, str]: ...


class Sender:
    """Starts the requests of one experiment, within what it may spend."""

    def __init__(
        self, experiment_id: str, plan: Plan, store: RunStore, turns: Turns, allowance: Allowance | None
    ) -> None:
        self._experiment_id, self._plan, self._store = experiment_id, plan, store
        self._turns, self._allowance = turns, allowance

    def send(self, step: RunStep, refused: Callable[[float], None]) -> ReplyRun:
        """Store a request, linked to its experiment, and start its reply; blocks, so not on the runner's loop.

        Raises PlaygroundError, with nothing stored or sent, if that cannot be; OverBudget if nothing is left to spend.
        """
        prompt, settings = self._judging(step) if step.id.judges else (step.cell.prompt, step.cell.settings)
        begin = partial(self._store.begin, self._experiment_id, step.id, prompt, settings)
        return self._turns.run(begin, prompt, settings, self._allowance, refused)

    def stop(self, run: ReplyRun) -> None:
        """End a reply as stopped."""
        self._turns.stop(run.live.id)

    def _judging(self, step: RunStep) -> tuple[str, Settings]:
        text = self._store.texts(self._experiment_id, step.cell.id)[replace(step.id, judges=False)]
        judge = self._plan.judge
        return judge.prompt(step.cell.prompt, text, step.cell.row), judge.settings
