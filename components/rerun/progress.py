"""How far a rerun has got."""

import streamlit as st

from components.figures import caption, conversation_texts
from experiments.running.progress import Progress
from llm.money import spent_text
from llm.words import counted, rough_text


def rerun_progress(progress: Progress, live: bool) -> None:
    """Draw the share of the turns that have ended, how many, the time left and the money spent."""
    ended = progress.done + progress.failed
    with st.container(key="rerun_progress", gap="xsmall"):
        st.progress(ended / progress.runs if progress.runs else 1.0, _counts(progress, live))
        spent = spent_text(progress.spent) or "nothing"
        tokens = conversation_texts(progress.spent)["conversation_tokens"]
        st.caption(caption((f"Spent {spent}", tokens)).replace("$", "\\$"))
        if live and progress.held:
            st.caption("Held by the budget: what is left of it is kept for the replies under way.")


def _counts(progress: Progress, live: bool) -> str:
    parts = (
        f"**{progress.done:,} of {counted(progress.runs, 'turn')} done**",
        f"{progress.failed:,} failed" if progress.failed else "",
        f"{progress.running:,} running" if live and progress.running else "",
        f"{progress.left:,} left" if progress.left else "",
        f"≈{rough_text(progress.seconds_left)} left" if live and progress.seconds_left else "",
    )
    return caption(parts)
