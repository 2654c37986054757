"""The head of an open experiment: its name, what it is doing, and what can be done with it as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

import streamlit as st

from components.running.phase import phase_badge
from components.session import widget
from components.text.model_text import plain
from experiments.running.phase import Phase
from storage.records import StoredExperiment

RENAME, DELETE = "Rename", "Delete"
_ICONS = {RENAME: ":material/edit: Rename", DELETE: ":material/delete: Delete"}


@dataclass(frozen=True)
class WholeActions:
    """What can be done with an experiment as a whole, each by its id."""

    rename: Callable[[str, str], None]
    delete: Callable[[str], None]
    plan_another: Callable[[str], None]


def heading(experiment: StoredExperiment, phase: Phase, does: WholeActions) -> None:
    """Draw the head."""
    st.header(plain(experiment.title), anchor=False)
    with st.container(key="experiment_head", horizontal=True, vertical_alignment="center", gap="small"):
        phase_badge(phase)
        st.caption(f"Planned {experiment.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", width="content")
        st.button(
            "Plan another like this",
            key="plan_another",
            icon=":material/content_copy:",
            type="tertiary",
            on_click=does.plan_another,
            args=(experiment.id,),
        )
        choice = st.menu_button(
            "",
            [RENAME, DELETE],
            key="experiment_menu",
            icon=":material/more_horiz:",
            type="tertiary",
            format_func=_ICONS.__getitem__,
            on_click=_delete_if_chosen,
            args=(experiment.id, does.delete),
            help="Rename or delete",
        )
    if choice == RENAME:
        _rename(experiment, does.rename)


def _delete_if_chosen(experiment_id: str, delete: Callable[[str], None]) -> None:
    if widget("experiment_menu") == DELETE:
        delete(experiment_id)


@st.dialog("Rename experiment")
def _rename(experiment: StoredExperiment, rename: Callable[[str, str], None]) -> None:
    with st.form("rename_experiment", border=False):
        title = st.text_input("Name", experiment.title, key="new_name", max_chars=200)
        if st.form_submit_button("Save", type="primary"):
            if title.strip():
                rename(experiment.id, title.strip())
            st.rerun()
