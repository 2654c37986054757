"""What the settings cost against how good their replies are."""

from collections.abc import Sequence

import streamlit as st

from components.reading.choosers import metric_chooser
from components.text.model_text import plain
from experiments.factor_words import levels_line
from experiments.reading.metrics import METRICS, Metric, qualities
from experiments.reading.results import Results
from experiments.reading.summaries import Choice, cheapest_good_enough, choices, pareto_front

JUDGED = ("check_pass_rate", "judge_score")  # what says which reply is better
HELP = (
    "Beaten by none: no other setting is as good for less money, nor better for as little (the Pareto front). These "
    "are means of recorded replies, so chance may have put a setting there."
)


def cost_quality(results: Results, key: str) -> None:
    """Draw cost against a quality and name the cheapest setting that reaches a threshold."""
    from experiments.reading.charts.cost import cost_chart

    known = qualities(results.metrics)
    if not any(metric.name in JUDGED for metric in known):
        st.info("Nothing here says which reply is better: a check or a judge in the plan would.")
        return
    quality = metric_chooser(known, f"quality_{key}")
    offered = choices(results.observations, quality.name)
    if not offered:
        st.info("The price of these replies is not known, so there is no cost to compare.")
        return
    if not any(choice.cost.value for choice in offered):
        st.info("All of these replies are free: the best is the cheapest.")
        return
    _cheapest(offered, quality, key)
    front = pareto_front(offered, quality)
    st.caption(f"Beaten by none: {len(front):,} of {len(offered):,} settings.", help=HELP)
    st.altair_chart(cost_chart(offered, front, quality))
    if any(row.run.reported is None for row in results.rows):
        st.caption("≈ Some of these costs are estimates.")


def _cheapest(offered: Sequence[Choice], quality: Metric, key: str) -> None:
    values = [choice.quality.value for choice in offered]
    low, high = min(values), max(values)
    wanted = low
    if low < high:
        label = f"Good enough: {quality.title} of at {'most' if quality.better == 'lower' else 'least'}"
        stops = [low + (high - low) * step / 20 for step in range(21)]
        start = stops[len(stops) // 2]
        wanted = st.select_slider(
            label,
            stops,
            start,
            format_func=quality.text,
            key=f"enough_{quality.name}_{low}_{high}_{key}",
            persist_state="session",
        )
    best = cheapest_good_enough(offered, quality, wanted)
    if best is None:
        st.markdown("No setting is good enough.")
        return
    cost, value = METRICS["cost"].value_text(best.cost.value), quality.text(best.quality.value)
    setting = plain(levels_line(best.setting))
    st.markdown(
        f"Cheapest that is good enough: **{setting}**, {plain(cost)} a reply, {quality.title} {value} "
        f"(n = {best.quality.n:,})."
    )
