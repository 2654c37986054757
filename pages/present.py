"""Present: one prompt and its reply at a time, large, by the keyboard; made to be looked at by others."""

import streamlit as st

from components.assets import FRONTEND
from components.present.controls import controls
from components.present.slide import slide
from components.session import TURN, session
from components.text.model_text import plain
from services import services
from tabs.chat.open_chat import OpenChat
from tabs.presenting.open_presentation import OpenPresentation
from tabs.presenting.present_actions import PresentActions

NOTHING = "There is nothing to present here. Press Esc to go to the chat, and open a conversation."
presented = OpenPresentation(OpenChat(services(), session()))
does = PresentActions(presented)
on_keys = {name: getattr(does, name) for name in ("go", "reveal", "play", "ask", "stop", "turn", "leave")}
presented.follow_address()
presented.chat.choose_model()


@st.fragment(key=TURN)
def turn() -> None:
    """What is seen now."""
    shown = presented.slide()
    if shown:
        slide(shown, presented.tab.notice, does.play)
    else:
        st.markdown(plain(presented.tab.notice or NOTHING))
    controls(shown, presented.state.pace, on_keys)


st.html(FRONTEND / "present" / "present.css")
turn()
