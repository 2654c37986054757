"""The form of a plan, from the prompts to the limits."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.planning.check_fields import check_fields
from components.planning.design_fields import design_fields
from components.planning.edit import Edit
from components.planning.faults import fault
from components.planning.judge_fields import judge_fields
from components.planning.limit_fields import limit_fields
from components.planning.section import Section, section
from components.planning.setting_fields import setting_fields
from components.planning.table_field import table_field
from components.planning.texts import text_list
from components.session import project, widget
from experiments.draft import Draft
from experiments.field_problem import FieldProblem
from llm.titles import title_from

PROMPT_HELP = (
    "What is sent. Several prompts show whether a setting does the same everywhere. {{name}} stands for a column of "
    "the table."
)


@dataclass(frozen=True)
class PlanForm:
    """What the form shows beside the draft, and what it calls."""

    models: Sequence[str]  # to choose from, each "model @ connection"
    note: str  # what is worth knowing about them
    upload_problem: str
    unfolded: Collection[str]  # the keys of the parts that are
    edit: Edit
    upload: Callable[[bytes], None]
    fold: Callable[[str, bool], None]


def plan_form(draft: Draft, problem: FieldProblem | None, form: PlanForm) -> None:
    """Draw the whole form; what is wrong stands at its field."""
    part: Section = partial(section, form.unfolded, form.fold)
    project("plan_title", draft.title)
    st.text_input(
        "Name",
        key="plan_title",
        placeholder=title_from(draft.prompts[0]) if draft.prompts and draft.prompts[0].strip() else "",
        max_chars=200,
        on_change=lambda: form.edit("title", lambda _: widget("plan_title")),
    )
    text_list("plan_prompt", "Prompt", draft.prompts, partial(form.edit, "prompts"), PROMPT_HELP)
    fault(problem, "prompts")
    table_field(draft.table, problem, form.upload_problem, form.edit, form.upload, part)
    setting_fields(draft, problem, form.models, form.note, form.edit, part)
    design_fields(draft, problem, form.edit)
    check_fields(draft.checks, problem, partial(form.edit, "checks"), part)
    first = next(iter(draft.models), "")
    judge_fields(draft.judge, problem, form.models, first, partial(form.edit, "judge"), part)
    limit_fields(draft, problem, form.edit, part)
