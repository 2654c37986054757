"""Cost against quality. Heavy (altair): import it inside the function that needs it."""

from collections.abc import Sequence

import altair as alt

from experiments.factor_words import levels_line
from experiments.reading.charts.palette import ACCENT, MUTED
from experiments.reading.charts.parts import HEIGHT, chart, mean_fields, metric_axis, sized, told, value_axis
from experiments.reading.metrics import METRICS, Metric
from experiments.reading.summaries import Choice

_UNBEATEN, _BEATEN = "beaten by none", "beaten by another"


def cost_chart(choices: Sequence[Choice], front: Sequence[Choice], quality: Metric) -> alt.LayerChart:
    """What each setting costs a reply against how good its replies are; those that no other beats are joined."""
    rows = [
        {
            "setting": levels_line(choice.setting),
            "cost": choice.cost.value,
            "cost_text": METRICS["cost"].value_text(choice.cost.value),
            "kind": _UNBEATEN if choice in front else _BEATEN,
            **mean_fields(choice.quality, quality),
        }
        for choice in choices
    ]
    cost = {
        "title": "mean cost of a reply (US dollars)",
        "scale": alt.Scale(zero=False),
        "axis": value_axis(METRICS["cost"]),
    }
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
