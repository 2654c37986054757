"""What a smaller max_tokens would have cut. Heavy (altair): import it inside the function that needs it."""

from collections.abc import Sequence

import altair as alt

from experiments.reading.charts.palette import MAIN
from experiments.reading.charts.parts import HEIGHT, INTERVAL, chart, interval_fields, sized, told
from experiments.reading.metrics import METRICS
from experiments.reading.truncation import CutShare


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
    limit = {
        "title": "max_tokens (tokens)",
        "scale": alt.Scale(zero=False, nice=False),
        "axis": alt.Axis(format=",d", tickMinStep=1, tickCount=10),
    }
    tooltip = [alt.Tooltip("limit:Q", title="max_tokens", format=",d"), told("text", "would have been cut")]
    base = chart(rows).encode(
        x=alt.X("limit:Q", **limit),
        tooltip=[*tooltip, told("interval", INTERVAL), told("n", "replies"), told("unknown", "not known of")],
    )
    axis = {"title": "share of replies cut", "scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(format=".0%")}
    band = base.mark_area(opacity=0.2, color=MAIN).encode(y=alt.Y("low:Q", **axis), y2="high:Q")
    line = base.mark_line(color=MAIN, point=alt.OverlayMarkDef(color=MAIN)).encode(y=alt.Y("share:Q", **axis))
    return sized(band + line, HEIGHT)
