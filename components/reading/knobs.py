"""Does this knob matter here? What each factor does to each metric, in words and as a picture."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

import streamlit as st

from components.reading.choosers import metric_chooser
from components.text.model_text import plain
from experiments.factor_words import factor_label
from experiments.reading.metrics import METRICS, Metric
from experiments.reading.results import Results
from experiments.reading.statistics.effects import Effect, Finding
from experiments.reading.words.verdicts import verdict
from llm.words import counted

Effects = Callable[[Results], Future[Sequence[Effect]]]
METHOD = (
    "How it is tested: the levels are shuffled among the replies to a prompt that share all other settings, and p says "
    "how often chance alone makes a difference as large (a permutation test). All tests of this page are corrected "
    "together (Holm), so that where no knob does anything, at most 1 experiment in 20 claims that one does. Intervals "
    "are a bootstrap's, from replies drawn again and again, at 95%. What is found holds for these prompts."
)
_ICONS = {Finding.CHANGES: ":material/trending_up:", Finding.NOT_TOLD: ":material/remove:"}
_UNTESTED = ":material/help:"


def knobs(results: Results, effects: Effects, key: str, running: bool) -> None:
    """Draw a verdict for each factor and metric; it may take seconds to find, in which the page can be used."""
    if not results.factors:
        st.info("Nothing is varied in this experiment, so there is no knob to test.")
        return
    if running:
        # Whoever looks again and again until something shows will find something that is not there.
        st.info("Whether knobs matter is worked out when the run has ended or is paused.")
        return
    found = _waited(effects(results))
    st.caption("What each knob does to the replies of this experiment.", help=METHOD)
    for name in results.factors:
        _factor(name, [effect for effect in found if effect.factor == name])
    _chart(found, key)
    missing = [metric.title for name, metric in METRICS.items() if metric not in results.metrics]
    if missing:
        st.caption(f"Not tested, since no reply has it: {', '.join(missing)}.")


def _waited(future: Future[Sequence[Effect]]) -> Sequence[Effect]:
    if future.done():
        return future.result()
    began, place = time.monotonic(), st.empty()
    with place, st.spinner("Working out which knobs matter…", show_time=True):
        said = st.empty()
        while not future.done():
            wait([future], 0.2)
            said.caption(_waiting(time.monotonic() - began))  # drawing lets a click through
    place.empty()
    return future.result()


def _waiting(seconds: float) -> str:
    return "Thousands of replies take a while." if seconds > 3 else ""


def _factor(name: str, effects: Sequence[Effect]) -> None:
    st.subheader(factor_label(name), anchor=False)
    told = [effect for effect in effects if effect.finding is Finding.CHANGES]
    others = [effect for effect in effects if effect.finding is not Finding.CHANGES]
    others.sort(key=lambda effect: effect.finding is not Finding.NOT_TOLD)  # what was tested first
    if not told:
        st.markdown(":material/remove: No effect that could be told from chance on anything measured here.")
    _verdicts(told)
    if others:
        with st.expander(f"No effect told, or not tested: {counted(len(others), 'metric')}", expanded=not told):
            _verdicts(others)


def _verdicts(effects: Sequence[Effect]) -> None:
    for effect in effects:
        st.markdown(f"{_ICONS.get(effect.finding, _UNTESTED)} {plain(verdict(effect))}")


def _strength(effect: Effect) -> tuple[bool, float, float]:
    """How clearly a factor does something: what is told from chance first, then the least p, then the difference by
    the width of its interval."""
    width = effect.interval.high - effect.interval.low if effect.interval else 0
    difference = abs(effect.last.value - effect.first.value) if effect.first and effect.last else 0
    told = effect.finding is Finding.CHANGES
    return told, -1.0 if effect.p is None else -effect.p, difference / width if width else 0.0


def _chart(effects: Sequence[Effect], key: str) -> None:
    from experiments.reading.charts.effects import effects_chart

    drawn: dict[str, Metric] = {effect.metric.name: effect.metric for effect in effects if effect.first}
    if not drawn:
        return
    st.subheader("Effects on one metric", anchor=False)
    strongest = max((effect for effect in effects if effect.first), key=_strength).metric
    metric = metric_chooser(list(drawn.values()), f"knobs_{key}", drawn[strongest.name])
    st.caption("The largest difference that each knob makes, with its 95% interval; at 0 there is none.")
    st.altair_chart(effects_chart([effect for effect in effects if effect.metric is metric]))
