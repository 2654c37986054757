"""The replies of a comparison: each prompt, and below it the columns side by side."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.chat.message_text import message_text
from components.roles import ICONS
from components.session import cell_part
from components.watch import watch


def board(prompts: Sequence[str], columns: int, draw: Callable[[int, int], None]) -> None:
    """Draw the turns; `draw` is called with a turn and a place where a reply belongs. The newest replies are parts of
    the page that can be drawn alone."""
    with st.container(key="compared"):
        for turn, prompt in enumerate(prompts):
            with st.container(key=f"compared_prompt_{turn}"), st.chat_message("user", avatar=ICONS["user"]):
                message_text(prompt, f"prompt_{turn}")
            for place, spot in enumerate(st.columns(columns, gap="small", wrap=False)):
                with spot:
                    if turn == len(prompts) - 1:
                        st.fragment(key=cell_part(place))(draw)(turn, place)
                    else:
                        draw(turn, place)


def wait_for_others(arriving: Callable[[], int]) -> None:
    """Say how many replies arrive out of sight; the page is drawn again when the last of them has ended."""

    def draw() -> None:
        left = arriving()
        st.caption(f"{left} more {'reply' if left == 1 else 'replies'} arriving in other repetitions.")

    with st.container():  # there in any case, so that the replies keep their places
        if arriving():
            watch(False, lambda: not arriving(), draw=draw)
