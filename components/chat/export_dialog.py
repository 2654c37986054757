"""The open conversation as a file."""

import streamlit as st

from components.library.exports import ExportDoes, export_panel
from components.text.model_text import plain


def export_dialog(conversation_id: str, title: str, does: ExportDoes) -> None:
    """Open the dialog that offers it in each format."""

    @st.dialog("Export", width="medium", icon=":material/download:")
    def dialog() -> None:
        st.markdown(f"**{plain(title)}**")
        export_panel((conversation_id,), does, "chat_export")

    dialog()
