"""What an experiment's plan says, in lines."""

from collections.abc import Iterator
from dataclasses import fields

import streamlit as st

from components.planning.check_fields import KINDS
from components.sidebar.parameter_controls import HELP
from components.text.model_text import plain
from experiments.draft import model_at
from experiments.factor_words import level_text
from experiments.factors import MODEL, Level
from experiments.plan import Design, Plan
from experiments.plan_json import CHECKS
from llm.money import money
from llm.words import counted

SHOWN = 12  # prompts, values


def plan_summary(plan: Plan) -> None:
    """Draw the plan, folded."""
    with st.expander("The plan", key="plan_summary", on_change="rerun") as folded:
        if folded.open:
            st.markdown("\n".join(f"- {line}" for line in _lines(plan)))


def _lines(plan: Plan) -> Iterator[str]:
    for number_, prompt in enumerate(plan.prompts[:SHOWN], start=1):
        yield f"**Prompt {number_}:** {plain(prompt)}"
    if len(plan.prompts) > SHOWN:
        yield f"and {counted(len(plan.prompts) - SHOWN, 'other prompt')}"
    if plan.table:
        yield f"**Table:** {counted(len(plan.table), 'row')} of {plain(', '.join(plan.table[0]))}"
    varied = {factor.name for factor in plan.factors}
    if MODEL not in varied:
        yield f"**Model:** {plain(model_at(plan.settings))}"
    for factor in plan.factors:
        yield f"**{_label(factor.name)}**, {len(factor.levels)} values: {plain(_values(factor.levels))}"
    for name, value in plan.settings.parameters.chosen().items():
        if name not in varied:
            yield f"**{_label(name)}:** {plain(str(value))}"
    sample = f" of {counted(plan.sample_size, 'cell')}, seed {plan.sample_seed}" if plan.design is Design.SAMPLE else ""
    yield f"**Combinations:** {plan.design}{sample}, {counted(plan.repetitions, 'repetition')}"
    yield from _demands(plan)
    rate = f", {plan.requests_per_minute:,} per minute" if plan.requests_per_minute else ""
    cap = "no cap" if plan.cap is None else f"at most {money(plan.cap)}".replace("$", "\\$")
    yield f"**Limits:** {counted(plan.concurrency, 'request')} at once{rate}, {cap}"


def _demands(plan: Plan) -> Iterator[str]:
    kinds = {made: KINDS[kind] for kind, made in CHECKS.items()}
    for check in plan.checks:
        values = "; ".join(f"{f.name.replace('_', ' ')}: {getattr(check, f.name)}" for f in fields(check))
        yield f"**Check:** the reply {kinds[type(check)]}{f' ({plain(values)})' if values else ''}"
    if plan.judge:
        yield f"**Judge:** {plain(model_at(plan.judge.settings))}, by this rubric: {plain(plan.judge.rubric)}"


def _label(name: str) -> str:
    return HELP[name].label if name in HELP else name.capitalize()


def _values(levels: tuple[Level, ...]) -> str:
    shown = ", ".join(map(level_text, levels[:SHOWN]))
    return shown + (", …" if len(levels) > SHOWN else "")
