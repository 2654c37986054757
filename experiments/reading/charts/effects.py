"""What factors do to a metric. Heavy (altair): import it inside the function that needs it."""

from collections.abc import Sequence

import altair as alt

from experiments.factor_words import factor_title, level_text
from experiments.reading.charts.palette import ACCENT, MUTED
from experiments.reading.charts.parts import INTERVAL, LINE_HEIGHT, chart, interval_fields, sized, told, value_axis
from experiments.reading.statistics.effects import Effect, Finding


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
    difference = {"title": f"difference in {metric.title} ({metric.unit})", "axis": value_axis(metric)}
    kinds = alt.Scale(domain=["told from chance", "not told from chance"], range=[ACCENT, MUTED])
    tooltip = [told("factor", "factor"), told("between", "from … to"), told("text", "difference")]
    base = chart(rows).encode(
        y=alt.Y("factor:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        color=alt.Color("kind:N", scale=kinds, legend=alt.Legend(orient="top", title=None)),
        tooltip=[*tooltip, told("interval", INTERVAL)],
    )
    known = base.transform_filter("isValid(datum.low)")
    bars = known.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", **difference), x2="high:Q")
    dots = base.mark_point(size=110, filled=True, opacity=1).encode(x=alt.X("value:Q", **difference))
    none = chart([{"zero": 0}]).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(x=alt.X("zero:Q", **difference))
    return sized(none + bars + dots, LINE_HEIGHT * max(len(rows), 1))
