"""Which combinations are tried, and how often."""

import streamlit as st

from components.choice import choice
from components.planning.edit import Edit
from components.planning.faults import fault
from components.session import project, widget
from experiments.draft import Draft
from experiments.field_problem import FieldProblem
from experiments.plan import MOST_REPETITIONS, Design

DESIGNS = {
    Design.GRID: "Full grid",
    Design.ONE_AT_A_TIME: "One at a time",
    Design.SAMPLE: "Sample",
}
HELP = (
    "Full grid: every combination of the values. One at a time: the first value of each setting, then each other value "
    "of one setting while the rest stand at their first. Sample: some combinations of the grid, drawn by a seed."
)


def design_fields(draft: Draft, problem: FieldProblem | None, edit: Edit) -> None:
    """Draw repetitions and design; of a sample its size and its seed."""
    often, which = st.columns([1, 2])
    with often:
        _whole(
            "repetitions",
            "Repetitions",
            draft.repetitions,
            MOST_REPETITIONS,
            "How often each combination is sent. Replies differ by chance: without repetitions nobody can tell that "
            "from what a setting does. 5 or more are good.",
            edit,
        )
        fault(problem, "repetitions")
    with which:
        project("plan_design", draft.design)
        choice(
            "Combinations",
            list(DESIGNS),
            "plan_design",
            lambda design: edit("design", lambda _: design),
            format_func=DESIGNS.__getitem__,
            help=HELP,
        )
    with st.container():
        if draft.design is Design.SAMPLE:
            _sample(draft, edit)
        fault(problem, "sample_size")


def _sample(draft: Draft, edit: Edit) -> None:
    size, seed = st.columns(2)
    with size:
        help = "How many combinations are drawn; a larger sample has those of a smaller one among them."
        _whole("sample_size", "Sample size", draft.sample_size, 10_000, help, edit)
    with seed:
        help = "The same seed draws the same combinations. It is not sent to the model."
        _whole("sample_seed", "Seed of the sample", draft.sample_seed, 2**31, help, edit)


def _whole(name: str, label: str, value: int, most: int, help: str, edit: Edit) -> None:
    key = f"plan_{name}"
    project(key, value)
    st.number_input(
        label,
        min_value=1,
        max_value=most,
        step=1,
        key=key,
        help=help,
        on_change=lambda: edit(name, lambda _: widget(key)),
    )
