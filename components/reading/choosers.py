"""Choosing what of the results is looked at. What is chosen stays chosen in this tab, for each experiment."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from experiments.factor_words import factor_label, factor_title, labels
from experiments.factors import Level
from experiments.reading.metrics import Metric
from experiments.reading.results import Results


def metric_chooser(metrics: Sequence[Metric], key: str, first: Metric | None = None) -> Metric:
    """One of some metrics; at first the first of them, or the one that is named."""
    titles = {metric.name: f"{metric.title} ({metric.unit})" for metric in metrics}
    name = st.selectbox(
        "Metric",
        list(titles),
        metrics.index(first) if first else 0,
        format_func=lambda name: titles.get(name, name),
        key=f"metric_{key}",
        help=_meanings(metrics),
        persist_state="session",
    )
    return next(metric for metric in metrics if metric.name == name)


def _meanings(metrics: Sequence[Metric]) -> str | None:
    said = (f"{metric.title}: {metric.meaning}." for metric in metrics if metric.meaning)
    return "\n\n".join(said) or None


def factor_chooser(label: str, factors: Sequence[str], key: str) -> str:
    """One of the factors that vary."""
    return st.selectbox(label, factors, format_func=factor_title, key=key, persist_state="session")


def prompt_chooser(results: Results, key: str) -> str:
    """One of the prompts; not asked for where there is one only."""
    if len(results.prompts) == 1:
        return results.prompts[0]
    return st.selectbox("Prompt", results.prompts, key=f"prompt_{key}", persist_state="session")


def some_prompt(results: Results, key: str) -> Collection[str] | None:
    """One of the prompts, or None for all of them; not asked for where there is one only."""
    if len(results.prompts) == 1:
        return None
    options = ("", *results.prompts)
    prompt = st.selectbox(
        "Prompt",
        options,
        format_func=lambda prompt: prompt or f"all {len(results.prompts):,}",
        key=f"prompt_{key}",
        persist_state="session",
    )
    return [prompt] if prompt else None


def level_choosers(results: Results, prompt: str, key: str) -> Mapping[str, Level]:
    """One level of each factor that varies; at first those of the first reply to a prompt, which is there for sure."""
    chosen = {}
    first = next((row.cell.levels for row in results.rows if row.observation.prompt == prompt), None)
    with st.container(horizontal=True):
        for name, levels in results.levels.items():
            words = labels(levels)
            place = st.selectbox(
                factor_label(name),
                range(len(levels)),
                levels.index(first[name]) if first else 0,
                format_func=words.__getitem__,
                key=f"level_{name}_{key}",
                persist_state="session",
            )
            chosen[name] = levels[place]
    return chosen
