"""Where a plan is wrong, said at the field."""

import streamlit as st

from components.sidebar.parameter_controls import HELP
from components.text.model_text import plain
from experiments.field_problem import FieldProblem

PLACES = {
    "prompts": "Prompts",
    "table": "Table",
    "model": "Models",
    "repetitions": "Repetitions",
    "sample_size": "Sample size",
    "checks": "Checks",
    "judge": "Judge",
    "concurrency": "Requests at once",
    "requests_per_minute": "Requests per minute",
    "cap": "Cap",
} | {name: words.label for name, words in HELP.items()}


def fault(problem: FieldProblem | None, field: str) -> bool:
    """Say below a field what is wrong with it, if anything is; whether it is."""
    wrong = problem is not None and problem.field == field
    with st.container(key=f"fault_{field}" if wrong else None):  # there in any case, so that fields keep their places
        if wrong:
            st.markdown(f":small[:red[:material/error: {plain(str(problem))}]]")
    return wrong


def within(problem: FieldProblem | None, *fields: str) -> bool:
    """Whether one of these fields, or a field of theirs, is wrong."""
    return problem is not None and problem.field.partition(".")[0] in fields


def place_of(problem: FieldProblem) -> str:
    """What the part of the form is called that is wrong; "" if none is."""
    return PLACES.get(problem.field.partition(".")[0], "")
