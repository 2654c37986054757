"""How often settings won. Heavy (altair): import it inside the function that needs it."""

from collections.abc import Sequence

import altair as alt

from experiments.reading.charts.palette import MAIN
from experiments.reading.charts.parts import INTERVAL, LINE_HEIGHT, chart, sized, told
from experiments.reading.votes import WinRate

ABOVE = 15  # pixels from a bar up to its setting


def win_rates_chart(rates: Sequence[WinRate]) -> alt.LayerChart:
    """The share that each setting won with its interval, in this order; its name stands above, which is often long."""
    rows = [
        {
            "setting": rate.setting,
            "rate": rate.rate,
            "text": f"{rate.rate:.0%}",
            "low": rate.interval.low,
            "high": rate.interval.high,
            "interval": rate.interval_text,
            "n": f"{rate.n:,}",
        }
        for rate in rates
    ]
    tooltip = [told("setting", "setting"), told("text", "win rate"), told("interval", INTERVAL), told("n", "pairs")]
    share = {
        "title": "win rate (share of its pairs)",
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format="%", tickCount=5),
    }
    above = alt.Axis(
        labelAlign="left",
        labelPadding=0,
        labelOffset=-ABOVE,
        labelLimit=alt.ExprRef("width"),
        ticks=False,
        domain=False,
        labelFlush=False,
    )
    base = chart(rows).encode(y=alt.Y("setting:N", title=None, sort=None, axis=above), tooltip=tooltip)
    bars = base.mark_rule(strokeWidth=2, color=MAIN).encode(x=alt.X("low:Q", **share), x2="high:Q")
    dots = base.mark_point(size=90, filled=True, opacity=1, color=MAIN).encode(x=alt.X("rate:Q", **share))
    return sized(bars + dots, LINE_HEIGHT * len(rows))
