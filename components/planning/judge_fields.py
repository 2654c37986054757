"""The judge: a model that scores each reply by a rubric."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from components.planning.faults import fault, within
from components.planning.section import Section
from components.session import project, widget
from experiments.checks.judge import HIGHEST, LOWEST, Judge
from experiments.draft import model_at
from experiments.factors import MODEL, with_level
from experiments.field_problem import FieldProblem
from llm.types import Settings

EditJudge = Callable[[Callable[[Judge | None], Judge | None]], None]  # with what becomes of the one that judges now


def judge_fields(
    judge: Judge | None, problem: FieldProblem | None, models: Sequence[str], first: str, edit: EditJudge, part: Section
) -> None:
    """Draw the rubric and who goes by it; `first` is the model that is chosen with the first word of a rubric."""
    model = model_at(judge.settings) if judge and judge.settings.model else None
    summary = model or ""
    with part("plan_judge", "Judge", summary, within(problem, "judge")) as fold:
        if not fold.open:
            return
        st.caption("A model reads each reply and scores it: one more request for each run, its cost counted apart.")
        project("plan_rubric", judge.rubric if judge else "")
        st.text_area(
            "Rubric",
            key="plan_rubric",
            help=f"What makes a reply good; the judge scores it from {LOWEST} (worst) to {HIGHEST} (best) by that "
            "alone. Empty: no judge. May use {{variables}} of the table.",
            placeholder="no judge",
            height=90,
            on_change=lambda: edit(lambda now: _ruled(now, first, widget("plan_rubric"))),
        )
        fault(problem, "judge.rubric")
        fault(problem, "judge")
        project("plan_judge_model", model)
        st.selectbox(
            "Model that judges",
            [*models, *([model] if model and model not in models else [])],
            index=None,
            key="plan_judge_model",
            help="Better a larger model than those that are judged, and another one: models like what they write.",
            placeholder="Choose a model or type its name",
            accept_new_options=True,
            on_change=lambda: edit(lambda now: _chosen(now, (widget("plan_judge_model") or "").strip())),
        )
        fault(problem, "judge.model")


def _ruled(judge: Judge | None, model: str, rubric: str) -> Judge | None:
    """The judge with another rubric; without one there is none."""
    return replace(judge or _by(Judge(Settings(), ""), model), rubric=rubric) if rubric.strip() else None


def _chosen(judge: Judge | None, model: str) -> Judge | None:
    """The judge with another model; without a model or a rubric there is none."""
    return _by(judge or Judge(Settings(), ""), model) if model or (judge and judge.rubric) else None


def _by(judge: Judge, model: str) -> Judge:
    settings = with_level(judge.settings, MODEL, model) if model else replace(judge.settings, model="")
    return replace(judge, settings=settings)
