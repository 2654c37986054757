"""What an experiment has recorded so far, measured: one row for each run that has begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from experiments.cells import Cell
from experiments.checks.check import CheckResult
from experiments.checks.judge import Judgement
from experiments.plan import Plan
from experiments.reading.metrics import METRICS, Metric
from experiments.reading.observations import Observation, levels_of
from storage.experiments.records import StoredRun


@dataclass(frozen=True, slots=True)
class Result:
    """A run that has begun: its newest reply, and what checks and judge say of it once that is complete."""

    run: StoredRun
    cell: Cell
    text: str
    checks: tuple[CheckResult, ...]  # one for each of the plan's, none for a reply that is not complete
    judgement: Judgement | None
    observation: Observation

    @property
    def metrics(self) -> Mapping[str, float | None]:
        return self.observation.metrics


@dataclass(frozen=True, eq=False)
class Results:
    """The runs of a plan that have begun, in the plan's order; equal to nothing but itself, so quick as a key."""

    plan: Plan
    cells: tuple[Cell, ...]
    rows: tuple[Result, ...]

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        return tuple(row.observation for row in self.rows)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that some row has."""
        seen = {name for row in self.observations for name, value in row.metrics.items() if value is not None}
        return tuple(metric for name, metric in METRICS.items() if name in seen)

    @cached_property
    def levels(self) -> dict[str, tuple[object, ...]]:
        """The levels of each factor that varies, in their order; prompts and rows of the table are no factors."""
        found = {factor.name: levels_of(self.cells, factor.name) for factor in self.plan.factors}
        return {name: levels for name, levels in found.items() if len(levels) > 1}

    @cached_property
    def unread(self) -> int:
        """How many of the judge's answers have no score that could be read."""
        return sum(row.judgement is not None and not row.judgement.readable for row in self.rows)

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the factors that vary."""
        return tuple(self.levels)

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """The prompts as observations name them, each once."""
        return tuple(dict.fromkeys(prompt_name(cell) for cell in self.cells))


def prompt_name(cell: Cell) -> str:
    """A cell's prompt and, where the table fills it or its system prompt, the values of the row."""
    return f"{cell.prompt} [{', '.join(cell.row.values())}]" if cell.row else cell.prompt
