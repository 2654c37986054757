"""How far an experiment has got."""

import streamlit as st

from components.figures import caption, conversation_texts
from experiments.running.progress import Progress
from llm.money import spent_text
from llm.types import Spent
from llm.words import counted, rough_text


def progress_bar(progress: Progress, at_once: int, live: bool) -> None:
    """Draw the share that is done, counts, time left and money spent; `at_once` is how many requests were planned."""
    ended = progress.done + progress.failed
    with st.container(key="progress", gap="xsmall"):
        st.progress(min(1.0, ended / progress.runs) if progress.runs else 1.0, _counts(progress, live))
        st.caption(_spent(progress, live))
        if uncounted := progress.spent.unpriced + progress.spent_on_judging.unpriced:
            replies = counted(uncounted, "reply", "replies")
            st.caption(f"n/a: {replies} at no known price, or cut before their tokens could be counted.")
        if live and progress.held:
            st.caption(
                ":orange[:material/savings:] The cap slows it: each request under way holds the most that it may cost, "
                "and nothing is left for another until one has ended."
            )
        elif live and progress.concurrency < at_once:
            st.caption(
                f":orange[:material/speed:] The server asked to slow down: {progress.concurrency:,} at once now, of "
                f"{at_once:,}. It goes faster again by itself."
            )


def _counts(progress: Progress, live: bool) -> str:
    judged = f"{progress.judged:,} judged" if progress.judged or progress.not_judged else ""
    parts = (
        f"**{progress.done:,} of {counted(progress.runs, 'run')} done**",
        judged,
        f"{progress.not_judged:,} not judged" if progress.not_judged else "",
        f"{progress.failed:,} failed",
        f"{progress.running:,} running" if live else "",
        f"{progress.left:,} left",
        f"≈{rough_text(progress.seconds_left)} left" if live and progress.seconds_left else "",
    )
    return caption(parts)


def _spent(progress: Progress, live: bool) -> str:
    parts = (
        f"Spent {_money(progress.spent)}",
        f"on judging {_money(progress.spent_on_judging)}" if progress.spent_on_judging.replies else "",
        conversation_texts(progress.spent)["conversation_tokens"],
        f"{counted(progress.under_way, 'request')} under way" if live else "",
    )
    return caption(parts).replace("$", "\\$")


def _money(spent: Spent) -> str:
    return spent_text(spent) or "nothing"
