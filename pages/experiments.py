"""Experiments: a new plan and what it will take, or an experiment with how far it has got and what it says."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import streamlit as st

from components.assets import FRONTEND
from components.planning.before_start import before_start
from components.planning.plan_form import PlanForm, plan_form
from components.reading.exports import exports
from components.reading.reading import Reading, reading
from components.running.cap_field import cap_field
from components.running.experiment_list import experiment_list
from components.running.heading import WholeActions, heading
from components.running.live_table import live_table
from components.running.plan_summary import plan_summary
from components.running.progress_bar import progress_bar
from components.running.run_buttons import RunActions, run_buttons
from components.session import session
from components.sidebar.conversation_list import undo_deletions
from components.sidebar.model_picker import wait_for_models
from components.text.model_text import plain
from components.watch import watch
from experiments.cells import Cell
from experiments.field_problem import FieldProblem
from experiments.plan import Plan
from experiments.report.exported import exported
from experiments.running.phase import Phase
from experiments.stored_plan import stored_plan
from llm.replies.ledger import reached
from services import UNDO, services
from storage.experiments.records import StoredExperiment
from tabs.experiments.experiment_actions import ExperimentActions
from tabs.experiments.open_experiment import OpenExperiment
from tabs.experiments.plan_actions import PlanActions
from tabs.experiments.typed_plan import TypedPlan

opened = OpenExperiment(services(), session())
opened.follow_address()
does, typed = ExperimentActions(opened), TypedPlan(opened.app, opened.tab)


@st.fragment(key="plan")
def new_plan() -> None:
    """The form and what it leads to, drawn anew by itself as one types."""
    typing = PlanActions(opened, typed)
    example = "" if opened.planning.draft else " The example below runs as it is."
    st.caption(f"Change settings, repeat, compare: does it matter here?{example}")
    models, note, pending = typed.models()
    plan, problem = typed.plan(draft := typed.draft())
    form, before = st.columns([3, 2], gap="large")
    with form:
        planning, calls = typed.planning, (typing.edit, typing.upload, typing.fold)
        plan_form(draft, problem, PlanForm(models, note, planning.upload_problem, planning.unfolded, *calls))
    with before:
        before_start(plan, problem, typed.outlook, typing.start)
    if pending:
        wait_for_models(lambda: not typed.models()[2])


def experiment(stored: StoredExperiment, phase: Phase) -> None:
    """What an experiment did; of one whose plan cannot be read, why."""
    try:
        plan, built = stored_plan(stored.plan)
    except FieldProblem as problem:
        st.error(plain(str(problem)), icon=":material/error:")
    else:
        running(stored, phase, plan, built)


def capped(stored: StoredExperiment, phase: Phase) -> bool:
    """Whether an experiment is paused with all of its cap spent."""
    if phase is not Phase.PAUSED:
        return False
    try:
        plan, _ = stored_plan(stored.plan)
    except FieldProblem:
        return False
    return opened.stand(stored).progress.reaches(plan.cap)


def running(stored: StoredExperiment, phase: Phase, plan: Plan, built: Mapping[str, Cell]) -> None:
    """How far an experiment has got, and what can be done about it."""
    stand = opened.stand(stored)
    trouble = opened.app.executions.trouble(stored.id)
    if plan.cap is not None and capped(stored, phase):
        trouble = reached(plan.cap)
    actions = (does.start, does.pause, does.cancel, does.retry_failed)
    run_buttons(phase, stand.progress, trouble, stand.failures, RunActions(*(partial(a, stored.id) for a in actions)))

    with st.container():
        if plan.cap is not None and not phase.live and stand.progress.unfinished:
            cap_field(plan.cap, partial(does.change_cap, stored.id))

    def draw() -> None:
        progress_bar(opened.stand(stored).progress, plan.concurrency, phase.live)
        if phase.live:
            live_table(opened.newest(stored), built)

    watch(phase, lambda: opened.now, phase.live, draw)
    plan_summary(plan)
    if phase is not Phase.PLANNED:
        read(stored, phase.live)


def read(stored: StoredExperiment, running: bool) -> None:
    """What is recorded of an experiment by now, and what it says."""
    app, effects = opened.app, opened.app.knobs.effects
    take = partial(exported, stored, app.reader, app.store.runs)
    files = partial(exports, stored.title, take, effects)
    reading(Reading(partial(app.reader.read, stored), effects, stored.id, running, files))


def sidebar() -> None:
    """The list of experiments, as they stand now."""
    listed, more = opened.listed()
    experiment_list(listed, opened.planning.experiment_id, more, does.open, does.list_more)
    watch(listed, lambda: opened.listed()[0], any(phase.live for _, phase in listed))


st.html(FRONTEND / "experiments.css")
stored, phase = opened.stored, opened.now  # before the list, which may know more, never less
with st.sidebar:
    sidebar()
with st.container():
    if stored and phase:
        heading(stored, phase, capped(stored, phase), WholeActions(does.rename, does.delete, does.plan_another))
    else:
        st.header("Experiments", anchor=False)
with st.container():  # there in any case, so that the page keeps its places
    undo_deletions(opened.deleted(), timedelta(seconds=UNDO), does.restore)
    if notice := opened.tab.notice:
        st.warning(plain(notice), icon=":material/info:")
if stored and phase:
    experiment(stored, phase)
else:
    new_plan()
