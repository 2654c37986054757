"""Conversations as a file: the open one, or those that are chosen."""

import streamlit as st

from components.library.exports import ExportDoes, export_panel
from components.text.model_text import plain


def export_dialog(ids: tuple[str, ...] | None, what: str, does: ExportDoes) -> None:
    """Open the dialog that offers these conversations, None for all, in each format; `what` says which they are."""

    @st.dialog("Export", width="medium", icon=":material/download:")
    def dialog() -> None:
        st.markdown(f"**{plain(what)}**")
        export_panel(ids, does)

    dialog()
