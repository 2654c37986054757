"""Charts of results, for the page and the report alike, without titles: what they are of stands above them.

Nothing in them loads anything, and texts in them are drawn as text. As wide as their place; the report sets a width.
Heavy (altair): import it inside the function that needs it.
"""

from collections.abc import Sequence

import altair as alt

from experiments.reading.chart_parts import (
    ACCENT,
    MAIN,
    MUTED,
    below,
    chart,
    interval_fields,
    legend,
    level_axis,
    mean_fields,
    metric_axis,
    sized,
    told,
    value_axis,
)
from experiments.reading.effects import Effect, Finding
from experiments.reading.metrics import METRICS, Metric
from experiments.reading.summaries import Choice, Heatmap, Point
from experiments.reading.truncation import CutShare
from experiments.reading.verdicts import factor_title, labels, level_text

HEIGHT, LINE_HEIGHT, TALLEST = 260, 44, 900  # pixels
MOST_WRITTEN = 12  # fields abreast that have room for their figures
_INTERVAL = "95% interval"
_UNBEATEN, _BEATEN = "beaten by none", "beaten by another"


def heatmap_chart(heatmap: Heatmap, metric: Metric, down: str, across: str) -> alt.LayerChart:
    """The means over two factors, each written into its field."""
    rows = [
        {"down": line, "across": column, **mean_fields(mean, metric)}
        for line, means in zip(labels(heatmap.down), heatmap.cells, strict=True)
        for column, mean in zip(labels(heatmap.across), means, strict=True)
        if mean
    ]
    values = [row["value"] for row in rows]
    middle = (min(values) + max(values)) / 2 if values else 0
    tooltip = [told("down", factor_title(down)), told("across", factor_title(across))]
    base = chart(rows).encode(
        x=alt.X(**level_axis("across", across, heatmap.across), axis=below(heatmap.across)),
        y=alt.Y(**level_axis("down", down, heatmap.down), axis=alt.Axis(labelLimit=120)),
        tooltip=[*tooltip, told("text", metric.title), told("n", "replies")],
    )
    # Viridis rises in brightness with the figure, in grey and to the colour-blind too; it is dark where that is low.
    colour = alt.Color("value:Q", scale=alt.Scale(scheme="viridis"), legend=legend(metric))
    ink = alt.condition(f"datum.value > {middle}", alt.value("#101010"), alt.value("#ffffff"))
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
    tooltip = [told("level", factor_title(factor)), told("text", metric.title), told("interval", _INTERVAL)]
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


def cost_chart(choices: Sequence[Choice], front: Sequence[Choice], quality: Metric) -> alt.LayerChart:
    """What each setting costs a reply against how good its replies are; those that no other beats are joined."""
    rows = [
        {
            "setting": setting_text(choice),
            "cost": choice.cost.value,
            "cost_text": METRICS["cost"].text(choice.cost.value),
            "kind": _UNBEATEN if choice in front else _BEATEN,
            **mean_fields(choice.quality, quality),
        }
        for choice in choices
    ]
    cost = {"title": "mean cost of a reply (US dollars)", "scale": alt.Scale(zero=False), "axis": value_axis("cost")}
    tooltip = [told("setting", "setting"), told("cost_text", "mean cost"), told("text", quality.title)]
    base = chart(rows).encode(x=alt.X("cost:Q", **cost), y=alt.Y("value:Q", **metric_axis(quality)))
    kinds, top = [_UNBEATEN, _BEATEN], alt.Legend(orient="top", title=None)
    dots = base.mark_point(size=110, filled=True, opacity=0.9).encode(
        color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[ACCENT, MUTED]), legend=top),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=["diamond", "circle"]), legend=top),
        tooltip=[*tooltip, told("n", "replies")],
    )
    unbeaten = base.transform_filter(f"datum.kind == '{_UNBEATEN}'")
    line = unbeaten.mark_line(interpolate="step-after", color=ACCENT, opacity=0.6)
    return sized(line + dots, HEIGHT)


def truncation_chart(shares: Sequence[CutShare]) -> alt.LayerChart:
    """What share of the replies each max_tokens would have cut, with its interval."""
    metric = METRICS["truncated"]
    rows = [
        {
            "limit": at.max_tokens,
            "share": at.share,
            "text": metric.text(at.share),
            "n": f"{at.n:,}",
            "unknown": f"{at.unknown:,}",
            **interval_fields(at.interval, metric),
        }
        for at in shares
        if at.share is not None
    ]
    limit = {"title": "max_tokens (tokens)", "scale": alt.Scale(zero=False, nice=False), "axis": alt.Axis(format=",d")}
    tooltip = [alt.Tooltip("limit:Q", title="max_tokens", format=",d"), told("text", "would have been cut")]
    base = chart(rows).encode(
        x=alt.X("limit:Q", **limit),
        tooltip=[*tooltip, told("interval", _INTERVAL), told("n", "replies"), told("unknown", "not known of")],
    )
    axis = {"title": "share of replies cut", "scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(format=".0%")}
    band = base.mark_area(opacity=0.2, color=MAIN).encode(y=alt.Y("low:Q", **axis), y2="high:Q")
    line = base.mark_line(color=MAIN, point=alt.OverlayMarkDef(color=MAIN)).encode(y=alt.Y("share:Q", **axis))
    return sized(band + line, HEIGHT)


def effects_chart(effects: Sequence[Effect]) -> alt.LayerChart:
    """What the factors do to one metric: the largest difference of each with its interval. At 0 there is none."""
    metric = effects[0].metric
    rows = [
        {
            "factor": factor_title(effect.factor),
            "between": f"{level_text(effect.first.level)} to {level_text(effect.last.level)}",
            "value": effect.last.value - effect.first.value,
            "text": metric.text(effect.last.value - effect.first.value),
            "kind": "told from chance" if effect.finding is Finding.CHANGES else "not told from chance",
            **interval_fields(effect.interval, metric),
        }
        for effect in effects
        if effect.first and effect.last
    ]
    difference = {"title": f"difference in {metric.title} ({metric.unit})", "axis": value_axis(metric.name)}
    kinds = alt.Scale(domain=["told from chance", "not told from chance"], range=[ACCENT, MUTED])
    tooltip = [told("factor", "factor"), told("between", "from … to"), told("text", "difference")]
    base = chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        color=alt.Color("kind:N", scale=kinds, legend=alt.Legend(orient="top", title=None)),
        tooltip=[*tooltip, told("interval", _INTERVAL)],
    )
    known = base.transform_filter("isValid(datum.low)")
    bars = known.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", **difference), x2="high:Q")
    dots = base.mark_point(size=110, filled=True, opacity=1).encode(x=alt.X("value:Q", **difference))
    none = chart([{"zero": 0}]).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(x=alt.X("zero:Q", **difference))
    return sized(none + bars + dots, LINE_HEIGHT * max(len(rows), 1))


def setting_text(choice: Choice) -> str:
    """The levels of a setting: temperature 0.5, top_p default."""
    return ", ".join(f"{factor_title(name)} {level_text(level)}" for name, level in choice.setting) or "as it stands"
