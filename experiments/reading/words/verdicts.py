"""What was found, in one sentence that claims no more than was tested."""

from collections.abc import Sequence

from experiments.factor_words import factor_title, level_text
from experiments.reading.metrics import Metric
from experiments.reading.observations import Observation, comparable, known
from experiments.reading.statistics.effects import Effect, Finding, LevelMean
from experiments.reading.statistics.intervals import Interval
from experiments.reading.summaries import Point


def verdict(effect: Effect) -> str:
    """Whether this knob matters here, in words."""
    return _SENTENCES[effect.finding](effect)


def interval_text(interval: Interval | None, metric: Metric) -> str:
    """The ends of an interval; it is not known where there are too few figures, or all of them are the same."""
    return f"{metric.text(interval.low)} to {metric.text(interval.high)}" if interval else "not known"


def mixed_text(rows: Sequence[Observation], metric: Metric, factor: str) -> str:
    """What is to be known of the means over a factor where nothing was varied by it alone; "" elsewhere."""
    alone = comparable(known(rows, metric.name), factor)
    return "" if alone else "No two settings differ by this alone: other differences stand in these means too."


def alike_text(points: Sequence[Point], metric: Metric) -> str:
    """Why some means have no interval; "" where all have one."""
    if all(point.interval for point in points):
        return ""
    return f"No interval where all replies of a level have the same {metric.title}, or there are too few."


def p_text(p: float) -> str:
    """A p-value: p = 0.002, p < 0.001, p = 1."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2g}"


def _changes(effect: Effect) -> str:
    factor, metric = factor_title(effect.factor), effect.metric
    begin = factor if "_" in factor else factor.capitalize()
    means = f"{_at(effect, effect.first)} to {_at(effect, effect.last)}"
    return f"{begin} changes {metric.title}: {means} ({_interval(effect)}{_corrected(effect, effect.p)})."


def _not_told(effect: Effect) -> str:
    difference = effect.metric.text(effect.last.value - effect.first.value)
    between = f"from {level_text(effect.first.level)} to {level_text(effect.last.level)}"
    return (
        f"No effect of {factor_title(effect.factor)} on {effect.metric.title} that could be told from chance at "
        f"{_n(effect)} (largest difference {difference} {between}, {_interval(effect)}{_corrected(effect, effect.p)})."
    )


def _too_few(effect: Effect) -> str:
    return (
        f"Too few to tell whether {factor_title(effect.factor)} changes {effect.metric.title}: at {_n(effect)} even "
        f"the clearest split of these figures would have {_corrected(effect, effect.least_p)}."
    )


def _alike(effect: Effect) -> str:
    return (
        f"Nothing to tell: with all else the same, {effect.metric.title} never differs, whatever the "
        f"{factor_title(effect.factor)}, at {_n(effect)}."
    )


def _not_varied(effect: Effect) -> str:
    return f"Not tested: no two settings with {effect.metric.title} differ by {factor_title(effect.factor)} alone."


_SENTENCES = {
    Finding.CHANGES: _changes,
    Finding.NOT_TOLD: _not_told,
    Finding.TOO_FEW: _too_few,
    Finding.ALIKE: _alike,
    Finding.NOT_VARIED: _not_varied,
}


def _at(effect: Effect, mean: LevelMean) -> str:
    return f"{effect.metric.value_text(mean.value)} at {level_text(mean.level)}"


def _interval(effect: Effect) -> str:
    if effect.interval is None:
        return ""
    return f"95% interval of the difference {interval_text(effect.interval, effect.metric)}, "


def _corrected(effect: Effect, p: float) -> str:
    return p_text(p) + (f" after correction for {effect.tests} tests" if effect.tests > 1 else "")


def _n(effect: Effect) -> str:
    counts = [mean.n for mean in effect.means]
    low, high = min(counts), max(counts)
    return f"n = {low} per level" if low == high else f"n = {low} to {high} per level"
