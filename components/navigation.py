"""The main script: the frame around every page. The sidebar begins with the conversations, whatever page is open."""

from datetime import timedelta
from pathlib import Path

import streamlit as st

from components.assets import FRONTEND, source
from components.banner import banner
from components.chat.live_reply import live_replies
from components.list_entry import LabelActions, ListedActions
from components.session import CONVERSATIONS, address, session, show_on_all
from components.sidebar.conversation_list import conversation_list, new_conversation_button, undo_deletions
from components.sidebar.search import SearchActions, hits, search_box
from llm.types import PlaygroundError
from services import UNDO, services
from tabs.chat.list_actions import ListActions
from tabs.chat.open_chat import OpenChat
from tabs.chat.turn_actions import TurnActions
from tabs.comparing.comparison_actions import ComparisonActions
from tabs.comparing.open_comparison import OpenComparison
from tabs.rerunning.open_rerun import OpenRerun
from tabs.rerunning.rerun_actions import RerunPageActions

ROOT = Path(__file__).parent.parent
SIDEBAR_WIDTH = 320  # pixels
WIDE = ("library", "compare", "experiments", "rerun")  # pages


@st.fragment(key=CONVERSATIONS)
def sidebar(chat: OpenChat) -> None:
    """New conversation, the list, and an undo for each deletion of a moment ago."""
    tab, does = chat.tab, ListActions(chat)
    new_conversation_button(does.open)
    show_on_all("search", tab.searched)
    search_box(does.search)
    with st.container():
        if tab.searched.strip():
            found = chat.app.store.search.find(tab.searched, limit=tab.hits + 1)
            act = SearchActions(does.open_message, does.find_more, does.all_results)
            hits(found[: tab.hits], len(found) > tab.hits, act)
        else:
            listed_conversations(chat, does)
    with st.container():  # there in any case, so that the controls keep their places
        undo = timedelta(seconds=UNDO)
        undo_deletions(chat.app.store.conversations.recently_deleted(undo), undo, does.restore)


def listed_conversations(chat: OpenChat, does: ListActions) -> None:
    """The pinned conversations, then the others."""
    tab, store = chat.tab, chat.app.store
    found = store.conversations.recent(tab.listed + 1)
    actions = ListedActions(does.open, does.rename, does.delete)
    marks = LabelActions(does.pin, does.unpin, does.archive, does.unarchive, does.set_tags, store.labels.tags)
    more = does.list_more if len(found) > tab.listed else None
    conversation_list(store.listing.pinned(), found[: tab.listed], tab.conversation_id, more, actions, marks)


def pages() -> dict[str, st.Page]:
    """The pages by their names, in the order of the top bar; from the hidden ones one comes back to the chat."""
    folder = ROOT / "pages"
    return {
        "chat": st.Page(folder / "chat.py", title="Chat", icon=":material/forum:", default=True),
        "library": st.Page(folder / "library.py", title="Library", icon=":material/folder_open:"),
        "compare": st.Page(folder / "compare.py", title="Compare", icon=":material/view_column_2:"),
        "experiments": st.Page(folder / "experiments.py", title="Experiments", icon=":material/experiment:"),
        "models": st.Page(folder / "models.py", title="Models", icon=":material/deployed_code:"),
        "present": st.Page(folder / "present.py", title="Present", visibility="hidden"),
        "rerun": st.Page(folder / "rerun.py", title="Replay", url_path="replay", visibility="hidden"),
    }


def main() -> None:
    """Draw the frame and run the page."""
    icon = source("icon.svg")  # stands in the page: one of Streamlit's own icons would come from elsewhere
    st.set_page_config("Playground", icon, initial_sidebar_state=SIDEBAR_WIDTH)
    there = pages()
    page = st.navigation(list(there.values()), position="top")
    [name] = (name for name, other in there.items() if other is page)
    st.set_page_config(layout="wide" if name in WIDE else "centered")
    st.html(FRONTEND / "page.css")
    try:
        app = services()
    except PlaygroundError as error:
        banner(str(error))
        st.stop()
    tab = session()
    tab.whole = False
    trouble = app.store.trouble()
    tab.follow_trouble(trouble)
    banner(trouble, app.store.trouble)
    if tab.wanted in there and tab.wanted != name:
        kept = address() if tab.wanted == "present" else None  # else to go back takes more steps than were seen
        st.switch_page(there[tab.wanted], query_params=kept)
    chat = OpenChat(app, tab)
    turns = TurnActions(chat)
    ended = {"compare": ComparisonActions(OpenComparison(chat)), "rerun": RerunPageActions(OpenRerun(chat))}.get(name)
    live_replies(tab, ended.draw_ended if ended else turns.draw_turn, turns.read_ahead)
    if name == "chat":
        chat.follow_address()
    if name != "present":
        with st.sidebar:
            sidebar(chat)
    page.run()
    tab.whole = True


main()
