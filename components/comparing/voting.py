"""The vote on replies whose settings are hidden, and the end of the hiding."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.session import project, widget
from components.text.model_text import plain
from experiments.comparing.blind import NAMES, verdicts
from experiments.reading.votes import Verdict


def voting(
    letters: Sequence[str],
    verdict: str | None,
    revealable: bool,
    on_vote: Callable[[str], None],
    on_reveal: Callable[[], None],
) -> None:
    """Ask for a verdict on the columns with these letters; once there is any, offer to show which was which."""
    words = {Verdict.TIE: "Tie", Verdict.BOTH_BAD: "Both bad" if len(letters) == 2 else "All bad"}
    project("vote", verdict)
    with st.container(horizontal=True, vertical_alignment="bottom", key="voting"):
        st.segmented_control(
            "Which reply is better?" if len(letters) == 2 else "Which reply is the best?",
            verdicts(len(letters)),
            key="vote",
            format_func=lambda value: words.get(value, value),
            required=True,
            on_change=lambda: on_vote(widget("vote")),
        )
        if revealable:
            st.button("Reveal", key="reveal", icon=":material/visibility:", on_click=on_reveal)


def voted(verdict: str, names: Sequence[str]) -> None:
    """Say what was voted, once the names are shown."""
    words = {Verdict.TIE: "a tie", Verdict.BOTH_BAD: "both bad" if len(names) == 2 else "all bad"}
    st.caption(f"Your vote: {words.get(verdict) or plain(names[NAMES.index(verdict)])}.")
