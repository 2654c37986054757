"""The library: every conversation, searched, filtered, labelled, several at once."""

import streamlit as st

from components.library.chosen import ChosenActions, chosen_bar
from components.library.filter_fields import filter_fields
from components.library.imports import import_panel
from components.library.rows import RowActions, rows
from components.list_entry import LabelActions, ListedActions
from components.session import LIBRARY, look_at, project, session
from components.sidebar.search import search_box
from components.text.model_text import plain
from services import services
from storage.search.search import ANY
from tabs.chat.list_actions import ListActions
from tabs.chat.open_chat import OpenChat
from tabs.library.exchange_actions import ExchangeActions
from tabs.library.library_actions import LibraryActions
from tabs.library.library_view import LibraryView

view = LibraryView(services(), session())
view.tab.enter("library")
look_at("library")
does, lists = LibraryActions(view), ListActions(OpenChat(view.app, view.tab))
files = ExchangeActions(OpenChat(view.app, view.tab))
labels, browsing = view.app.store.labels, view.browsing
on_rows = RowActions(
    lists.open_message,
    does.choose,
    ListedActions(lists.open, lists.rename, lists.delete),
    LabelActions(lists.pin, lists.unpin, lists.archive, lists.unarchive, lists.set_tags, labels.tags),
)
on_chosen = ChosenActions(
    does.choose_all, does.choose_none, does.archive, does.unarchive, does.tag, does.delete, labels.tags
)


@st.fragment(key=LIBRARY)
def library() -> None:
    """Drawn anew by itself as one types."""
    project("library_search", browsing.typed)
    search_box(lambda typed: does.look_for(typed=typed), "library_search", "Search messages and titles")
    filter_fields(browsing, view.app.store.search.models(), labels.tags(), does.look_for)
    found, more = view.page()
    with chosen_bar(len(browsing.chosen), bool(found), on_chosen):
        if st.button("Export", key="library_export", icon=":material/download:", type="tertiary"):
            files.export_chosen()
        if st.button("Import", key="library_import", icon=":material/upload_file:", type="tertiary"):
            files.import_file()
    rows(found, browsing.chosen, on_rows)
    if not found:
        st.caption("Nothing found." if view.is_search or view.filters != ANY else "No conversations yet.")
    with st.container(key="library_pages", horizontal=True, horizontal_alignment="center"):
        if browsing.before:
            st.button("Newer", key="newer_page", icon=":material/chevron_left:", on_click=does.newer)
        if more:
            st.button(
                "Older", key="older_page", icon=":material/chevron_right:", on_click=does.older, args=(found[-1],)
            )


st.header("Library", anchor=False)
with st.container():  # there in any case, so that the page keeps its places
    if notice := view.tab.notice:
        st.warning(plain(notice), icon=":material/info:")
import_panel(files.importing, files.imports)
library()
