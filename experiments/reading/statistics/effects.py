"""Does this knob matter here? Each factor's effect on each metric, and whether chance explains it."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from experiments.factors import Level
from experiments.reading.metrics import Metric
from experiments.reading.observations import Observation, block_of, comparable, known, levels_of
from experiments.reading.statistics.intervals import CONFIDENCE, Interval

if TYPE_CHECKING:
    from experiments.reading.statistics.design import Design
    from experiments.reading.statistics.shuffling import Chance

ALPHA = 0.05  # of all experiments in which no knob does anything, the share in which one is said to


class Finding(StrEnum):
    """What can be said of a factor and a metric."""

    CHANGES = "changes"
    NOT_TOLD = "not told from chance"
    TOO_FEW = "too few to tell"
    ALIKE = "all alike"
    NOT_VARIED = "never varied alone"


@dataclass(frozen=True, slots=True)
class LevelMean:
    """The mean of a metric at one level, what prompts and other factors do taken out, and how many rows it is of."""

    level: Level
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a factor does to a metric.

    `first` and `last` are the two levels that differ most, in the factor's order, and `interval` is that of their
    difference (last - first). `p` and `least_p`, the least that these replies could have given, are corrected for the
    number of `tests`. What was not tested has no p, and what was never varied alone no means.
    """

    factor: str
    metric: Metric
    finding: Finding
    means: tuple[LevelMean, ...] = ()
    first: LevelMean | None = None
    last: LevelMean | None = None
    interval: Interval | None = None
    p: float | None = None
    least_p: float | None = None
    tests: int = 0


@dataclass(frozen=True, slots=True)
class _Trial:
    """The comparable values of one metric over the levels of one factor."""

    factor: str
    metric: Metric
    levels: tuple[Level, ...]
    values: tuple[float, ...]
    blocks: tuple[Hashable, ...]
    design: "Design | None"

    @property
    def tested(self) -> bool:
        """Whether the values differ within some block: elsewhere shuffling changes nothing."""
        return self.design is not None and len({*zip(self.blocks, self.values, strict=True)}) > len({*self.blocks})


def effects(rows: Sequence[Observation], factors: Iterable[str], metrics: Iterable[Metric]) -> list[Effect]:
    """What each factor does to each metric that some row has.

    The effect is the largest difference between the means of two levels, for numbers as for names: a slope would miss
    what rises and falls again. Its interval is a bootstrap's that holds for all pairs of levels at once. The test
    shuffles levels among the rows of a prompt that share all other levels, and asks how often the largest difference
    comes out as large; p is Holm's for all tests of this call. A change is claimed where p is at most 5 % and the
    interval is without 0, since p alone answers to a change in spread too; few replies that are very skewed at one
    level and all alike at another can still raise two to three times as many alarms. All of it speaks of these
    prompts alone and, where a seed is fixed, of that seed.
    """
    rows = list(rows)
    trials = [_trial(known(rows, m.name), f, m) for f, m in product(factors, metrics) if known(rows, m.name)]
    tested = [trial for trial in trials if trial.tested]
    chances = _chances(tested)
    corrected = dict(zip(map(id, tested), _corrected(chances), strict=True))
    return [_effect(trial, corrected.get(id(trial)), len(tested)) for trial in trials]


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, in the same order (Holm 1979): no assumption about how they depend."""
    corrected, largest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[i]))
        corrected[i] = largest
    return corrected


def _trial(rows: Sequence[Observation], factor: str, metric: Metric) -> _Trial:
    from experiments.reading.statistics.design import design_of

    rows = comparable(rows, factor)
    levels, blocks = levels_of(rows, factor), tuple(block_of(row, factor) for row in rows)
    at = _numbered([row.levels.get(factor) for row in rows], levels)
    design = design_of(at, _numbered(blocks)) if rows else None
    return _Trial(factor, metric, levels, tuple(row.metrics[metric.name] for row in rows), blocks, design)


def _numbered(keys: Sequence[Hashable], order: Sequence[Hashable] = ()) -> list[int]:
    numbers = {key: i for i, key in enumerate(dict.fromkeys([*order, *keys]))}
    return [numbers[key] for key in keys]


def _chances(tested: Sequence[_Trial]) -> "list[Chance]":
    from experiments.reading.statistics.shuffling import permutation_test

    return [permutation_test(trial.design, trial.values, len(tested)) for trial in tested]


def _corrected(chances: "Sequence[Chance]") -> list[tuple[float, float]]:
    """For each test its corrected p, and the least that it could have been, the others being as they are."""
    ps = [chance.p for chance in chances]
    least = (holm([*ps[:i], chance.least, *ps[i + 1 :]])[i] for i, chance in enumerate(chances))
    return list(zip(holm(ps), least, strict=True))


def _effect(trial: _Trial, corrected: tuple[float, float] | None, tests: int) -> Effect:
    from experiments.reading.statistics.bootstrap import bootstrap_reach

    if trial.design is None:
        return Effect(trial.factor, trial.metric, Finding.NOT_VARIED)
    values = trial.design.weights @ trial.values
    counts = [int((trial.design.level == i).sum()) for i in range(len(trial.levels))]
    means = tuple(LevelMean(*mean) for mean in zip(trial.levels, map(float, values), counts, strict=True))
    if corrected is None:
        return Effect(trial.factor, trial.metric, Finding.ALIKE, means)
    i, j = sorted((int(values.argmin()), int(values.argmax())))
    reach = bootstrap_reach(trial.design, trial.values, (i, j), CONFIDENCE)
    change = means[j].value - means[i].value
    span = trial.metric.high - trial.metric.low
    interval = Interval(change - reach, change + reach).within(-span, span) if reach else None
    finding = _finding(*corrected, interval)
    return Effect(trial.factor, trial.metric, finding, means, means[i], means[j], interval, *corrected, tests)


def _finding(p: float, least: float, interval: Interval | None) -> Finding:
    if least > ALPHA:
        return Finding.TOO_FEW
    without_0 = interval is None or not interval.low <= 0 <= interval.high
    return Finding.CHANGES if p <= ALPHA and without_0 else Finding.NOT_TOLD
