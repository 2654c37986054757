"""What becomes of a plan once it starts: how many runs it has, which are recorded, what the others will take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from experiments.cautions import Connections, cautions
from experiments.cells import Cell
from experiments.estimate import Estimate, Pasts, estimate
from experiments.plan import Plan
from llm.types import Settings


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan before it starts. `judgements` are requests too, one for each run where there is a judge."""

    cells: int
    repetitions: int
    recorded: int  # runs that need not be sent: each recorded reply serves one repetition
    judgements: int
    estimate: Estimate  # of what will be sent
    cautions: tuple[str, ...]

    @property
    def runs(self) -> int:
        return self.cells * self.repetitions

    @property
    def to_send(self) -> int:
        """Runs that will be sent."""
        return self.runs - self.recorded

    @property
    def requests(self) -> int:
        return self.to_send + self.judgements

    def runs_within(self, cap: Decimal | None) -> int | None:
        """About how many of the runs that will be sent a cap in US dollars lets through; None if it is likely all."""
        bills = [bill for bill in (self.estimate.replies, self.estimate.judging) if bill]
        likely = sum(bill.cost.likely for bill in bills)
        if cap is None or likely <= cap or any(bill.unpriced for bill in bills):
            return None
        return int(self.to_send * cap / likely)


def models_of(plan: Plan, built: Sequence[Cell]) -> tuple[Settings, ...]:
    """The models that a plan asks, its judge's among them, each once and without parameters."""
    asked = [cell.settings for cell in built] + ([plan.judge.settings] if plan.judge else [])
    return tuple(dict.fromkeys(Settings(settings.connection, settings.model) for settings in asked))


def outlook(
    plan: Plan,
    built: Sequence[Cell],
    recorded: Mapping[str, int],
    connection_of: Connections,
    past: Pasts,
    at: datetime,
) -> Outlook:
    """The outlook of a plan with these cells, of which `recorded` says how often each is recorded, by its id.

    Raises FieldProblem("model") if a connection is not there.
    """
    served = {cell.id: min(plan.repetitions, recorded.get(cell.id, 0)) for cell in built}
    sent = [cell for cell in built for _ in range(plan.repetitions - served[cell.id])]
    expected = estimate(plan, sent, connection_of, past, at)
    adopted = sum(served.values())
    if plan.judge and adopted:  # they are judged, too
        every = [cell for cell in built for _ in range(plan.repetitions)]
        expected = replace(expected, judging=estimate(plan, every, connection_of, past, at).judging)
    judgements = len(built) * plan.repetitions if plan.judge else 0
    said = cautions(plan, built, connection_of)
    return Outlook(len(built), plan.repetitions, adopted, judgements, expected, said)
