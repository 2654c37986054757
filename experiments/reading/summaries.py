"""What the charts show: means over one factor or two, and cost against quality."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from experiments.factors import Level
from experiments.reading.metrics import METRICS, Metric
from experiments.reading.observations import Observation, block_of, comparable, known, levels_of
from experiments.reading.statistics.intervals import Interval, mean_interval, share_interval

Setting = tuple[tuple[str, Level], ...]  # the levels of all factors, by name


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a metric and how many rows had it."""

    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """One level on a line."""

    level: Level
    mean: Mean
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Heatmap:
    """The means over two factors: `cells[i][j]` is that of `down[i]` and `across[j]`, None where nothing is known."""

    down: tuple[Level, ...]
    across: tuple[Level, ...]
    cells: tuple[tuple[Mean | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What one setting costs a reply and how good its replies are, over all prompts."""

    setting: Setting
    cost: Mean
    quality: Mean


def mean(rows: Sequence[Observation], metric: str) -> Mean | None:
    """The mean of a metric over the rows that have it."""
    values = [row.metrics[metric] for row in known(rows, metric)]
    return Mean(fmean(values), len(values)) if values else None


def heatmap(rows: Sequence[Observation], metric: str, down: str, across: str) -> Heatmap:
    """The means of a metric for each pair of levels of two factors."""
    cells: dict[tuple[Level, Level], list[Observation]] = defaultdict(list)
    for row in rows:
        cells[row.levels.get(down), row.levels.get(across)].append(row)
    lines, columns = levels_of(rows, down), levels_of(rows, across)
    means = (tuple(mean(cells.get((line, column), ()), metric) for column in columns) for line in lines)
    return Heatmap(lines, columns, tuple(means))


def line(rows: Sequence[Observation], metric: str, factor: str) -> list[Point]:
    """The mean of a metric at each level of a factor, with its interval, over comparable rows if there are any."""
    rows = known(rows, metric)
    rows = comparable(rows, factor) or rows
    interval_of = share_interval if METRICS[metric].is_share else mean_interval
    points = []
    for level in levels_of(rows, factor):
        at = [row for row in rows if row.levels.get(factor) == level]
        values = [row.metrics[metric] for row in at]
        interval = interval_of(values, [block_of(row, factor) for row in at])
        possible = interval and interval.within(METRICS[metric].low, METRICS[metric].high)
        points.append(Point(level, Mean(fmean(values), len(values)), possible))
    return points


def choices(rows: Sequence[Observation], quality: str) -> list[Choice]:
    """Each setting with its mean cost and mean quality, those left out for which one of them is not known."""
    settings: dict[Setting, list[Observation]] = defaultdict(list)
    for row in rows:
        settings[tuple(row.levels.items())].append(row)
    pairs = ((setting, mean(of, "cost"), mean(of, quality)) for setting, of in settings.items())
    return [Choice(setting, cost, good) for setting, cost, good in pairs if cost and good]


def pareto_front(offered: Sequence[Choice], quality: Metric) -> list[Choice]:
    """The choices that no other beats: none costs less for as much quality, none is better for as little money.

    From the cheapest to the best; equals stay together. Means are compared as they are: chance may have put one there.
    """
    front: list[Choice] = []
    for choice in sorted(offered, key=lambda choice: (choice.cost.value, -_goodness(choice, quality))):
        best = front[-1] if front else None
        better = best is None or _goodness(choice, quality) > _goodness(best, quality)
        if better or (choice.cost.value, choice.quality.value) == (best.cost.value, best.quality.value):
            front.append(choice)
    return front


def cheapest_good_enough(offered: Sequence[Choice], quality: Metric, threshold: float) -> Choice | None:
    """The cheapest choice whose mean quality reaches the threshold, the better one of two that cost the same."""
    sign = -1 if quality.better == "lower" else 1
    enough = [choice for choice in offered if _goodness(choice, quality) >= sign * threshold]
    return min(enough, key=lambda choice: (choice.cost.value, -_goodness(choice, quality)), default=None)


def _goodness(choice: Choice, quality: Metric) -> float:
    return -choice.quality.value if quality.better == "lower" else choice.quality.value
