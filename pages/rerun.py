"""Rerun: all that was asked in a conversation, asked again of another model or with other parameters."""

import streamlit as st

from components.assets import FRONTEND
from components.rerun.before import before
from components.rerun.choosing import ChoosingActions, choosing
from components.rerun.earlier import earlier_reruns
from components.rerun.heading import RerunActions, heading, title
from components.rerun.progress import rerun_progress
from components.rerun.sums import sums
from components.rerun.turns import TurnsActions, turns
from components.session import RERAN, draw, session
from components.sidebar.model_picker import wait_for_models
from components.text.model_text import plain
from components.watch import AGAIN, watch
from services import services
from storage.experiments.rerun_records import StoredRerun
from tabs.chat.open_chat import OpenChat
from tabs.rerunning.open_rerun import OpenRerun
from tabs.rerunning.rerun_actions import RerunPageActions

NOTHING = "Open a conversation in the chat and choose *Replay on another model* in its menu."
SAME = "These are the conversation's own settings: what differs then is chance."
opened = OpenRerun(OpenChat(services(), session()))
does = RerunPageActions(opened)
opened.follow_address()


def new_rerun() -> None:
    """What can be chosen, and what it will take."""
    chosen, busy = opened.chosen(), opened.busy
    left, right = st.columns([3, 2], gap="large")
    with left:
        changes = (does.change_connection, does.change_model, does.change_parameter, does.change_way)
        choosing(chosen, [c.name for c in opened.app.directory.all()], ChoosingActions(*changes, does.start))
    with right:
        problem = "" if chosen.settings.model else "Choose a model, or type its name."
        caution = SAME if conversation and chosen.settings == conversation.settings else ""
        before(opened.outlook, chosen.way, busy, problem, caution, does.start)
    if busy:
        watch(busy, lambda: opened.busy)
    if chosen.listing.pending:
        wait_for_models(lambda: not opened.chosen().listing.pending)


@st.fragment(key=RERAN)
def reran(rerun_id: str) -> None:
    """A rerun as it stands: what is going on, what it took, and its turns."""
    stored = opened.app.store.reruns.get(rerun_id)
    if stored is None:
        st.rerun()
    heading(
        stored,
        opened.standing(stored),
        RerunActions(does.stop, does.resume, does.retry, does.open_branch, does.rerun_again),
    )
    progress(stored)
    sums(opened.app.store.reruns.sums(stored.id))
    turns(
        opened.drawn(stored),
        stored.turns,
        opened.state.by_word,
        TurnsActions(does.show_from, does.look_by_word, does.open_reply),
    )


def progress(rerun: StoredRerun) -> None:
    """How far it has got, drawn anew by itself while it runs; what else has changed meanwhile is drawn with it."""
    live, drawn = opened.app.reruns.phase(rerun).live, opened.drawn_state(rerun)

    @st.fragment(run_every=AGAIN if live else None)
    def look() -> None:
        if opened.drawn_state(rerun) != drawn:
            draw((RERAN,))
        rerun_progress(opened.app.reruns.progress(rerun), live)

    look()


def sidebar() -> None:
    """The conversation's reruns."""
    found = opened.earlier()
    earlier_reruns(found, opened.state.rerun_id, does.open)
    phases = [phase for _, phase in found]
    watch(phases, lambda: [phase for _, phase in opened.earlier()], any(phase.live for phase in phases))


st.html(FRONTEND / "comparing.css")
st.html(FRONTEND / "rerun.css")
conversation, stored = opened.conversation, opened.stored
if conversation:
    with st.sidebar:
        sidebar()
    title("Replay", conversation.title, does.back)
with st.container():  # there in any case, so that the page keeps its places
    if notice := opened.tab.notice:
        st.warning(plain(notice), icon=":material/info:")
if conversation is None:
    st.info(NOTHING, icon=":material/replay:")
elif stored:
    reran(stored.id)
else:
    new_rerun()
