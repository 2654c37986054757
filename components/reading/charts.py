"""A metric over one factor and over two."""

import streamlit as st

from components.reading.choosers import factor_chooser, metric_chooser, some_prompt
from experiments.factor_words import factor_title
from experiments.reading.observations import where
from experiments.reading.results import Results
from experiments.reading.summaries import heatmap, line
from experiments.reading.words.verdicts import alike_text, mixed_text

INTERVAL_HELP = (
    "A 95% interval: made in this way, 19 of 20 hold the true mean. Of shares it is Wilson's; of other figures it is "
    "a bootstrap's: the replies are drawn again and again, and the middle 95% of the means are taken. It speaks of "
    "these prompts, not of others."
)


def charts(results: Results, key: str) -> None:
    """Draw a line over one factor and, where two vary, a heatmap over them."""
    if not results.factors:
        st.info("Nothing is varied in this experiment, so there is nothing to compare in a chart.")
        return
    with st.container(horizontal=True):
        metric = metric_chooser(results.metrics, f"charts_{key}")
        factor = factor_chooser("Over", results.factors, f"over_{key}")
        prompts = some_prompt(results, f"charts_{key}")
    from experiments.reading.charts.means import heatmap_chart, line_chart

    rows = where(results.observations, prompts=prompts)
    st.subheader(f"{metric.title.capitalize()} over {factor_title(factor)}", anchor=False)
    st.caption("Means with their 95% intervals.", help=INTERVAL_HELP)
    if mixed := mixed_text(rows, metric, factor):
        st.caption(mixed)
    points = line(rows, metric.name, factor)
    if alike := alike_text(points, metric):
        st.caption(alike)
    st.altair_chart(line_chart(points, metric, factor))
    if len(results.factors) < 2:
        return
    st.subheader(f"{metric.title.capitalize()} over two factors", anchor=False)
    with st.container(horizontal=True):
        across = factor_chooser("Across", results.factors, f"across_{key}")
        others = [name for name in results.factors if name != across]
        down = factor_chooser("Down", others, f"down_{key}")
    st.altair_chart(heatmap_chart(heatmap(rows, metric.name, down, across), metric, down, across))
