"""The reruns of a conversation in the sidebar, the newest first."""

from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st

from components.clock import zone
from components.rerun.choosing import NAMES
from components.rerun.phase import rerun_phase
from components.running.phase import ICONS
from components.text.model_text import plain
from experiments.running.phase import Phase
from storage.experiments.rerun_records import StoredRerun


def earlier_reruns(
    found: Sequence[tuple[StoredRerun, Phase]], current: str | None, on_open: Callable[[str | None], None]
) -> None:
    """Draw a button for a new rerun, and one for each that there is."""
    icon = ":material/add:"
    st.button("New replay", key="new_rerun", icon=icon, on_click=on_open, args=(None,), width="stretch")
    with st.container(key="reruns", gap=None):
        for rerun, phase in found:
            name = plain(rerun.settings.model)
            st.button(
                f"**{name}**" if rerun.id == current else name,
                key=f"rerun_{rerun.id}",
                icon=ICONS[phase],
                type="tertiary",
                on_click=on_open,
                args=(rerun.id,),
                width="stretch",
                wrap=False,
            )
            st.caption(_about(rerun, phase))


def _about(rerun: StoredRerun, phase: Phase) -> str:
    began = rerun.created_at.astimezone(zone())
    when = f"{began:%H:%M}" if began.date() == datetime.now(zone()).date() else f"{began:%Y-%m-%d}"
    got = rerun_phase(phase) if phase.live else f"{rerun_phase(phase)}, {rerun.answered:,} of {rerun.turns:,}"
    return f"{NAMES[rerun.way]} · {got} · {when}"
