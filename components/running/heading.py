"""The head of an open experiment: its name, what it is doing, and what can be done with it as a whole."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.clock import zone
from components.list_entry import title_menu
from components.running.phase import phase_badge
from components.text.model_text import plain
from experiments.running.phase import Phase
from storage.experiments.records import StoredExperiment


@dataclass(frozen=True)
class WholeActions:
    """What can be done with an experiment as a whole, each by its id."""

    rename: Callable[[str, str], None]
    delete: Callable[[str], None]
    plan_another: Callable[[str], None]


def heading(experiment: StoredExperiment, phase: Phase, capped: bool, does: WholeActions) -> None:
    """Draw the head; `capped` says that the cap is reached."""
    st.header(plain(experiment.title), anchor=False)
    with st.container(key="experiment_head", horizontal=True, vertical_alignment="center", gap="small"):
        phase_badge(phase, capped)
        st.caption(f"Planned {experiment.created_at.astimezone(zone()):%Y-%m-%d %H:%M}", width="content")
        st.button(
            "Plan another like this",
            key="plan_another",
            icon=":material/content_copy:",
            type="tertiary",
            on_click=does.plan_another,
            args=(experiment.id,),
        )
        title_menu(experiment, does.rename, does.delete, "experiment", "experiment_menu")
