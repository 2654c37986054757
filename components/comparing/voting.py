"""The vote on replies whose settings are hidden, and the end of the hiding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.choice import choice
from components.session import project
from components.text.model_text import plain
from experiments.comparing.blind import NAMES, verdicts
from experiments.reading.votes import Verdict

EYE = ":material/visibility:"


@dataclass(frozen=True)
class Cast:
    """What was voted on the replies to one prompt: here, and in how many of the repetitions."""

    verdict: str | None
    voted: int
    repetitions: int
    any: bool  # also on earlier prompts


def voting(letters: Sequence[str], cast: Cast, on_vote: Callable[[str], None], on_reveal: Callable[[], None]) -> None:
    """Ask for a verdict on the columns with these letters; once there is any, offer to show which was which."""
    words = {Verdict.TIE: "Tie", Verdict.BOTH_BAD: "Both bad" if len(letters) == 2 else "All bad"}
    project("vote", cast.verdict)
    with st.container(horizontal=True, vertical_alignment="bottom", key="voting"):
        question = "Which reply is better?" if len(letters) == 2 else "Which reply is the best?"
        choice(question, verdicts(len(letters)), "vote", on_vote, format_func=lambda value: words.get(value, value))
        if cast.any:
            _reveal(cast, on_reveal)


def _reveal(cast: Cast, on_reveal: Callable[[], None]) -> None:
    """The way to reveal; where votes are missing it asks once more, for they can be cast no longer."""
    several = cast.repetitions > 1
    label = f"Reveal all: {cast.voted} of {cast.repetitions} voted" if several else "Reveal"
    if cast.voted == cast.repetitions:
        st.button(label, key="reveal", icon=EYE, on_click=on_reveal)
        return
    with st.popover(label, icon=EYE, key="reveal_early"):
        missing = cast.repetitions - cast.voted
        where = f"in {missing} {'repetition' if missing == 1 else 'repetitions'}" if several else "on these replies"
        st.markdown(f"You have not voted {where}. Once all is revealed, you cannot.")
        st.button("Reveal all the same", key="reveal", icon=EYE, on_click=on_reveal)


def voted(verdict: str, names: Sequence[str]) -> None:
    """Say what was voted, once the names are shown."""
    words = {Verdict.TIE: "a tie", Verdict.BOTH_BAD: "both bad" if len(names) == 2 else "all bad"}
    st.caption(f"Your vote: {words.get(verdict) or plain(names[NAMES.index(verdict)])}.")
