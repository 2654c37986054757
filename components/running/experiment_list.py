"""The experiments in the sidebar, newest first, each with what it is doing."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.clock import when
from components.running.phase import ICONS
from components.text.model_text import plain
from experiments.running.phase import Phase
from storage.experiments.records import ListedExperiment


def experiment_list(
    experiments: Sequence[tuple[ListedExperiment, Phase]],
    current: str | None,
    more: bool,
    open_experiment: Callable[[str | None], None],
    list_more: Callable[[], None],
) -> None:
    """Draw a button for a new plan and one for each experiment; `more` offers to list older ones."""
    st.button(
        "New experiment",
        key="new_experiment",
        icon=":material/add:",
        on_click=open_experiment,
        args=(None,),
        width="stretch",
    )
    with st.container(key="experiments", gap=None):
        for listed, phase in experiments:
            title = plain(listed.title)
            name = f"**{title}**" if listed.id == current else title
            st.button(
                name if phase is Phase.DONE else f":gray[{phase.capitalize()} ·] {name}",
                key=f"experiment_{listed.id}",
                icon=ICONS[phase],
                type="tertiary",
                on_click=open_experiment,
                args=(listed.id,),
                width="stretch",
                wrap=False,
            )
            st.caption(f":small[{when(listed.updated_at)}]")
        if more:
            st.button("Show older", key="older_experiments", type="tertiary", on_click=list_more)
