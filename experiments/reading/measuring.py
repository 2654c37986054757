"""What the replies of an experiment are measured by, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.cells import Cell
from experiments.checks.check import CheckResult
from experiments.plan import Plan
from experiments.reading.metrics import MeasuredReply, measure, similarity
from llm.models.tokens import tokenizer_for
from llm.servers.local_model import BUILT_IN_NAME
from llm.types import Status
from storage.experiments.records import StoredRun


@dataclass(frozen=True, slots=True)
class Measured:
    """What a complete reply's text says; the figures of one that is not complete take no time."""

    figures: Mapping[str, float | None]
    checks: tuple[CheckResult, ...]


class Measurements:
    """Replies measured, remembered by their ids; those that still stream are measured anew."""

    def __init__(self) -> None:
        self._measured: dict[tuple[object, ...], Measured] = {}
        self._alike: dict[tuple[str, ...], float | None] = {}

    def measured(self, plan: Plan, run: StoredRun, cell: Cell, text: str) -> Measured:
        """The figures and checks of one reply."""
        key = (run.reply_id, run.status, plan.checks, *cell.row.items())
        if (known := self._measured.get(key)) is not None:
            return known
        measured = _measured(plan, run, cell, text)
        if run.status is not Status.STREAMING:
            self._measured[key] = measured
        return measured

    def alike(self, replies: Sequence[tuple[str, str]]) -> float | None:
        """How alike the complete repetitions of a cell are, each given by its id and text."""
        key = tuple(reply_id for reply_id, _ in replies)
        if key not in self._alike:
            self._alike[key] = similarity([text for _, text in replies])
        return self._alike[key]


def _measured(plan: Plan, run: StoredRun, cell: Cell, text: str) -> Measured:
    tokenizer = tokenizer_for(cell.settings.model, cell.settings.connection == BUILT_IN_NAME)
    checked = plan.checks if run.status is Status.COMPLETE else ()
    checks = tuple(check.passes(text, cell.row, tokenizer) for check in checked)
    passed = tuple(check.passed for check in checks)
    reply = MeasuredReply(text, run.status, run.finish_reason, run.usage, run.cost, run.timing, passed)
    return Measured(measure(reply, tokenizer.tokens), checks)
