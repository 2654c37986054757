"""The figures of a report: what each factor does to each metric, as a sentence, a picture and a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from experiments.factor_words import factor_title, level_text, levels_line
from experiments.reading.charts.cost import cost_chart
from experiments.reading.charts.means import heatmap_chart, line_chart
from experiments.reading.charts.truncation import truncation_chart
from experiments.reading.metrics import METRICS, Metric, qualities
from experiments.reading.observations import known
from experiments.reading.results import Results
from experiments.reading.statistics.effects import Effect, Finding
from experiments.reading.summaries import Choice, Point, choices, heatmap, line, pareto_front
from experiments.reading.truncation import cut_shares, lengths, limits_up_to
from experiments.reading.words.verdicts import interval_text, mixed_text, verdict
from experiments.report.pictures import Picture, picture

MOST_FIGURES = 40  # of each kind; a picture takes 10 kB and 0.05 s

TableRow = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture below its heading, with the figures in it as a table whose first row names the columns."""

    heading: str
    picture: Picture | None
    table: tuple[TableRow, ...] = ()
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict, and whether a change was found, none was, or nothing could be tested."""

    kind: str  # "changes", "none" or "untested"
    sentence: str


def said(effects: Sequence[Effect]) -> tuple[Said, ...]:
    """The verdicts, those that claim a change first."""
    kinds = {Finding.CHANGES: "changes", Finding.NOT_TOLD: "none"}
    verdicts = [Said(kinds.get(effect.finding, "untested"), verdict(effect)) for effect in effects]
    return tuple(sorted(verdicts, key=lambda one: ("changes", "none", "untested").index(one.kind)))


def figures(results: Results) -> list[Figure]:
    """Each metric that differs over each factor and over each two, what quality costs, and what max_tokens cuts."""
    metrics = _differing(results)
    lines = islice(product(results.factors, metrics), MOST_FIGURES)
    maps = islice(product(combinations(results.factors, 2), metrics), MOST_FIGURES)
    return [
        *(_line_figure(results, factor, metric) for factor, metric in lines),
        *(_heatmap_figure(results, *factors, metric) for factors, metric in maps),
        *_cost_figures(results),
        *_truncation_figures(results),
    ]


def figures_left_out(results: Results) -> int:
    """How many lines and heatmaps there are beyond those."""
    count, metrics = len(results.factors), len(_differing(results))
    return sum(max(0, many * metrics - MOST_FIGURES) for many in (count, count * (count - 1) // 2))


def _cost_figures(results: Results) -> Iterator[Figure]:
    """Cost against quality, where costs differ and a quality is known."""
    for metric in qualities(results.metrics):
        offered = choices(results.observations, metric.name)
        costs = {choice.cost.value for choice in offered}
        if len(costs) < 2:
            continue
        front = pareto_front(offered, metric)
        rows = [_choice_row(at, metric) for at in front]
        shows = f"Mean cost of a reply against {metric.title}; the settings that no other beats are joined."
        shown = picture(cost_chart(offered, front, metric), shows)
        yield Figure(f"Cost and {metric.title}", shown, (("beaten by none", "cost", metric.title, "n"), *rows))


def _choice_row(choice: Choice, quality: Metric) -> TableRow:
    cost, value = METRICS["cost"].value_text(choice.cost.value), quality.text(choice.quality.value)
    return levels_line(choice.setting), cost, value, f"{choice.quality.n:,}"


def _truncation_figures(results: Results) -> Iterator[Figure]:
    """What a smaller max_tokens would have cut."""
    measured = lengths(results.rows)
    longest = max((length.usage.output_tokens for length in measured), default=0)
    shares = [share for share in cut_shares(measured, limits_up_to(longest)) if share.share is not None]
    if len(shares) > 1:
        rows = [(f"{at.max_tokens:,}", f"{at.share:.0%}", f"{at.n:,}", f"{at.unknown:,}") for at in shares]
        shows = "Share of the replies that each smaller max_tokens would have cut, with its 95% interval."
        head = ("max_tokens", "would have been cut", "n", "not known of")
        yield Figure("A smaller max_tokens", picture(truncation_chart(shares), shows), (head, *rows))


def _differing(results: Results) -> list[Metric]:
    return [m for m in results.metrics if len({r.metrics[m.name] for r in known(results.observations, m.name)}) > 1]


def _line_figure(results: Results, factor: str, metric: Metric) -> Figure:
    points = line(results.observations, metric.name, factor)
    title = factor_title(factor)
    shows = f"Mean {metric.title} at each {title}, with 95% intervals; the table below has the figures."
    rows = [_point_row(at, metric) for at in points]
    head = (title, f"mean {metric.title}", "95% interval", "n")
    mixed = mixed_text(results.observations, metric, factor)
    shown = picture(line_chart(points, metric, factor), shows)
    return Figure(f"{metric.title} over {title}", shown, (head, *rows), mixed)


def _point_row(point: Point, metric: Metric) -> TableRow:
    value, interval = metric.value_text(point.mean.value), interval_text(point.interval, metric)
    return level_text(point.level), value, interval, f"{point.mean.n:,}"


def _heatmap_figure(results: Results, down: str, across: str, metric: Metric) -> Figure:
    found = heatmap(results.observations, metric.name, down, across)
    titles = f"{factor_title(down)} and {factor_title(across)}"
    shown = picture(heatmap_chart(found, metric, down, across), f"Mean {metric.title} for each {titles}.")
    head = (f"{factor_title(down)} \\ {factor_title(across)}", *map(level_text, found.across))
    rows = [
        (level_text(level), *(f"{metric.value_text(mean.value)} (n = {mean.n})" if mean else "–" for mean in means))
        for level, means in zip(found.down, found.cells, strict=True)
    ]
    return Figure(f"{metric.title} over {titles}", shown, (head, *rows))
