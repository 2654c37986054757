"""Means over one factor and over two. Heavy (altair): import it inside the function that needs it."""

from collections.abc import Sequence

import altair as alt

from experiments.factor_words import factor_title, labels
from experiments.reading.charts.palette import MAIN
from experiments.reading.charts.parts import (
    HEIGHT,
    INTERVAL,
    LINE_HEIGHT,
    below,
    chart,
    interval_fields,
    legend,
    level_axis,
    mean_fields,
    metric_axis,
    sized,
    told,
)
from experiments.reading.metrics import Metric
from experiments.reading.summaries import Heatmap, Point

TALLEST = 900  # pixels
MOST_WRITTEN = 12  # fields abreast that have room for their figures


def heatmap_chart(heatmap: Heatmap, metric: Metric, down: str, across: str) -> alt.LayerChart:
    """The means over two factors, each written into its field."""
    rows = [
        {"down": line, "across": column, **mean_fields(mean, metric)}
        for line, means in zip(labels(heatmap.down), heatmap.cells, strict=True)
        for column, mean in zip(labels(heatmap.across), means, strict=True)
        if mean
    ]
    values = [row["value"] for row in rows] or [0.0]
    low, high = min(values), max(values)
    tooltip = [told("down", factor_title(down)), told("across", factor_title(across))]
    base = chart(rows).encode(
        x=alt.X(**level_axis("across", across, heatmap.across), axis=below(heatmap.across)),
        y=alt.Y(**level_axis("down", down, heatmap.down), axis=alt.Axis(labelLimit=120)),
        tooltip=[*tooltip, told("text", metric.title), told("n", "replies")],
    )
    # Viridis rises in brightness with the figure, in grey and to the colour-blind too; it is dark where that is low.
    colour = alt.Color("value:Q", scale=alt.Scale(scheme="viridis", nice=False), legend=legend(metric, low, high))
    ink = alt.condition(f"datum.value > {(low + high) / 2}", alt.value("#101010"), alt.value("#ffffff"))
    fields = base.mark_rect().encode(color=colour)
    written = base.mark_text(fontSize=13).encode(text="text:N", color=ink)
    lines = max(len(heatmap.down), 1)
    roomy = len(heatmap.across) <= MOST_WRITTEN
    return sized(alt.layer(fields, *([written] if roomy else [])), lines * min(LINE_HEIGHT, max(18, TALLEST // lines)))


def line_chart(points: Sequence[Point], metric: Metric, factor: str) -> alt.LayerChart:
    """The means over one factor with their intervals; joined by a line where the levels are numbers."""
    levels = [point.level for point in points]
    rows = [
        {"level": label, **mean_fields(point.mean, metric), **interval_fields(point.interval, metric)}
        for label, point in zip(labels(levels), points, strict=True)
    ]
    tooltip = [told("level", factor_title(factor)), told("text", metric.title), told("interval", INTERVAL)]
    base = chart(rows).encode(
        x=alt.X(**level_axis("level", factor, levels), axis=below(levels)),
        y=alt.Y("value:Q", **metric_axis(metric)),
        tooltip=[*tooltip, told("n", "replies")],
    )
    known = base.transform_filter("isValid(datum.low)")
    bars = known.mark_rule(strokeWidth=2, color=MAIN).encode(y=alt.Y("low:Q", **metric_axis(metric)), y2="high:Q")
    joined = all(isinstance(level, int | float) for level in levels)
    lines = [base.mark_line(color=MAIN, opacity=0.5)] if joined else []
    dots = base.mark_point(size=90, filled=True, opacity=1, color=MAIN)
    return sized(alt.layer(*lines, bars, dots), HEIGHT)
