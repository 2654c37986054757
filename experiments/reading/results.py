"""What an experiment has recorded so far, measured: one row for each run that has begun."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from experiments.cells import MOST_RUNS, Cell, runs
from experiments.checks.check import CheckResult
from experiments.checks.judge import Judgement, read_judgement
from experiments.plan import Plan
from experiments.reading.metrics import METRICS, MeasuredReply, Metric, measure, similarity
from experiments.reading.observations import Observation, levels_of
from experiments.stored_plan import stored_plan
from llm.models.tokens import Tokenizer, tokenizer_for
from llm.servers.local_model import BUILT_IN_NAME
from llm.types import Settings, Status
from storage.records import RunId, StoredExperiment, StoredRun


class RecordedRuns(Protocol):
    """What reading needs of the store's runs."""

    def of(self, experiment_id: str) -> list[StoredRun]: ...
    def texts(self, experiment_id: str, cell_id: str | None = None) -> dict[RunId, str]: ...


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

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the factors that vary."""
        return tuple(self.levels)

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """The prompts as observations name them, each once."""
        return tuple(dict.fromkeys(prompt_name(cell) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a complete reply's text says; the figures of one that is not complete take no time."""

    figures: Mapping[str, float | None]
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    plan: str
    runs: Sequence[StoredRun]
    results: Results


class Reader:
    """Reads experiments, and remembers what was measured of at most 100,000 replies; safe to use from any thread.

    As long as nothing changes in an experiment it gives the same `Results`, which may serve as a key.
    """

    def __init__(self, runs: RecordedRuns) -> None:
        self._runs = runs
        self._measured: OrderedDict[tuple[object, ...], _Measured] = OrderedDict()
        self._alike: OrderedDict[tuple[str, ...], float | None] = OrderedDict()  # by the ids of the replies
        self._readings: OrderedDict[str, _Reading] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, experiment: StoredExperiment) -> Results:
        """All that is recorded of an experiment by now. The first time it takes 0.4 ms for each reply of 300 tokens.

        Raises PlanProblem if its plan cannot be read.
        """
        with self._lock:
            last, recorded = self._readings.get(experiment.id), self._runs.of(experiment.id)
            if last is None or last.plan != experiment.plan:
                plan, built = stored_plan(experiment.plan)
                results = Results(plan, tuple(built.values()), ())
            elif recorded == last.runs and not any(run.status is Status.STREAMING for run in recorded):
                return last.results
            else:
                results = last.results
            results = replace(results, rows=self._rows(results, recorded, self._runs.texts(experiment.id)))
            self._keep(experiment.id, _Reading(experiment.plan, recorded, results))
            return results

    def _keep(self, experiment_id: str, reading: _Reading) -> None:
        self._readings[experiment_id] = reading
        self._readings.move_to_end(experiment_id)
        while len(self._readings) > 1 and sum(len(kept.runs) for kept in self._readings.values()) > MOST_RUNS:
            self._readings.popitem(last=False)
        for remembered in (self._measured, self._alike):
            while len(remembered) > MOST_RUNS:
                remembered.popitem(last=False)

    def _rows(self, of: Results, recorded: Sequence[StoredRun], texts: Mapping[RunId, str]) -> tuple[Result, ...]:
        stored = {run.id: run for run in recorded}
        rows = []
        for planned in runs(of.cells, of.plan.repetitions):
            id_ = RunId(planned.cell.id, planned.repetition)
            if run := stored.get(id_):
                judges = replace(id_, judges=True)
                judged = judges in stored and stored[judges].status is Status.COMPLETE
                judgement = read_judgement(texts.get(judges, "")) if judged else None
                rows.append(self._result(of.plan, run, planned.cell, texts.get(id_, ""), judgement))
        return tuple(self._with_similarity(rows))

    def _result(self, plan: Plan, run: StoredRun, cell: Cell, text: str, judgement: Judgement | None) -> Result:
        key = (run.reply_id, run.status, plan.checks, *cell.row.items())
        measured = self._measured.get(key)
        if measured is None:
            measured = _measured(plan, run, cell, text)
            if run.status is not Status.STREAMING:
                self._measured[key] = measured
        figures = measured.figures
        if judgement and judgement.score is not None and run.status is Status.COMPLETE:
            figures = {**figures, "judge_score": float(judgement.score)}
        observation = Observation(cell.levels, prompt_name(cell), run.id.repetition, figures)
        return Result(run, cell, text, measured.checks, judgement, observation)

    def _with_similarity(self, rows: list[Result]) -> list[Result]:
        """The similarity of a cell's repetitions is one figure. It stands in its first complete row alone, so that it
        counts once: a copy in every row would pass for that many independent ones."""
        complete: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            if row.run.status is Status.COMPLETE:
                complete[row.cell.id].append(place)
        for places in complete.values():
            of = [rows[place] for place in places]
            key = tuple(row.run.reply_id for row in of)
            if key not in self._alike:
                self._alike[key] = similarity([row.text for row in of])
            observation = of[0].observation
            metrics = {**observation.metrics, "similarity": self._alike[key]}
            rows[places[0]] = replace(of[0], observation=replace(observation, metrics=metrics))
        return rows


def prompt_name(cell: Cell) -> str:
    """A cell's prompt and, where the table fills it or its system prompt, the values of the row."""
    return f"{cell.prompt} [{', '.join(cell.row.values())}]" if cell.row else cell.prompt


def tokenizer_of(settings: Settings) -> Tokenizer:
    """The tokenizer of the model that some settings ask."""
    return tokenizer_for(settings.model, settings.connection == BUILT_IN_NAME)


def _measured(plan: Plan, run: StoredRun, cell: Cell, text: str) -> _Measured:
    tokenizer = tokenizer_of(cell.settings)
    checked = plan.checks if run.status is Status.COMPLETE else ()
    checks = tuple(check.passes(text, cell.row, tokenizer) for check in checked)
    passed = tuple(check.passed for check in checks)
    reply = MeasuredReply(text, run.status, run.finish_reason, run.usage, run.cost, run.timing, passed)
    return _Measured(measure(reply, tokenizer.tokens), checks)
