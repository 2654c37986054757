"""What an experiment's plan says, in lines."""

from collections.abc import Iterator

import streamlit as st

from components.text.model_text import plain
from experiments.plan import Plan
from experiments.plan_words import plan_words
from llm.words import counted

SHOWN = 12  # prompts, values


def plan_summary(plan: Plan) -> None:
    """Draw the plan, folded."""
    with st.expander("The plan", key="plan_summary", on_change="rerun") as folded:
        if folded.open:
            st.markdown("\n".join(f"- **{name}:** {plain(text)}" for name, text in _lines(plan)))


def _lines(plan: Plan) -> Iterator[tuple[str, str]]:
    words = plan_words(plan)
    for number, prompt in enumerate(words.prompts[:SHOWN], start=1):
        yield f"Prompt {number}", prompt
    if len(words.prompts) > SHOWN:
        yield "And", counted(len(words.prompts) - SHOWN, "other prompt")
    if words.rows:
        yield "Table", f"{counted(len(words.rows), 'row')} of {', '.join(words.columns)}"
    yield from words.settings
    for name, levels in words.factors:
        yield name, f"{len(levels)} values: {' · '.join(levels[:SHOWN])}{' · …' if len(levels) > SHOWN else ''}"
    yield from words.design
    for check in words.checks:
        yield "Check", f"the reply {check}"
    for name, text in words.judge:
        yield f"Judge's {name.lower()}", text
