"""What the charts have in common: axes, tooltips, and values in words. Heavy (altair): import it where it is needed."""

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

from experiments.factor_words import factor_title, labels
from experiments.factors import Level
from experiments.reading.metrics import Metric
from experiments.reading.statistics.intervals import Interval
from experiments.reading.summaries import Mean
from experiments.reading.words.verdicts import interval_text

HEIGHT, LINE_HEIGHT = 260, 44  # pixels
TICKS = 6  # about so many numbers along an axis
INTERVAL = "95% interval"
Fields = dict[str, Any]


def chart(rows: Sequence[Fields]) -> alt.Chart:
    """A chart of these rows, which stand in the chart itself."""
    return alt.Chart(alt.Data(values=list(rows)))


def level_axis(field: str, factor: str, levels: Sequence[Level]) -> Fields:
    """The options of an axis with one place for each level, in their order."""
    return {"shorthand": f"{field}:N", "title": factor_title(factor), "sort": labels(levels)}


def sized(layers: alt.LayerChart, height: int) -> alt.LayerChart:
    """The chart as wide as its place, axes included, and its fields together so high, in pixels."""
    return layers.properties(
        width="container", height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )


def below(levels: Sequence[Level]) -> alt.Axis:
    """The labels below a chart, aslant where they are long."""
    return alt.Axis(labelLimit=160, labelAngle=0 if max(map(len, labels(levels)), default=0) < 12 else -30)


def metric_axis(metric: Metric) -> Fields:
    """The options of an axis with the values of a metric, its unit beside it."""
    return {"title": metric_title(metric), "scale": alt.Scale(zero=False), "axis": value_axis(metric)}


def metric_title(metric: Metric) -> str:
    return f"{metric.title} ({metric.unit})"


def value_axis(metric: Metric) -> alt.Axis:
    """The numbers along an axis, as the metric is written."""
    return alt.Axis(format=metric.axis, tickCount=TICKS)


def legend(metric: Metric, low: float, high: float) -> alt.Legend | None:
    """The colours from the lowest value to the highest; none where there is but one."""
    if low == high:
        return None
    ends = f"datum.index ? {json.dumps(metric.value_text(high))} : {json.dumps(metric.value_text(low))}"
    return alt.Legend(
        values=[low, high],
        labelExpr=ends,
        title=metric_title(metric),
        titleLimit=400,
        gradientLength=140,
        orient="top",
    )


def told(field: str, title: str) -> alt.Tooltip:
    """A line of a tooltip, as it is written in the row."""
    return alt.Tooltip(f"{field}:N", title=title)


def mean_fields(mean: Mean, metric: Metric) -> Fields:
    return {"value": mean.value, "text": metric.value_text(mean.value), "n": f"{mean.n:,}"}


def interval_fields(interval: Interval | None, metric: Metric) -> Fields:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {"low": low, "high": high, "interval": interval_text(interval, metric)}
