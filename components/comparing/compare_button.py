"""The way from a chat to a comparison."""

from collections.abc import Callable

import streamlit as st

HELP = "Asks several models or settings at once how this conversation should go on, beginning with those set here."


def compare_button(on_click: Callable[[], None]) -> None:
    st.button(
        "Compare from here",
        key="compare_from_here",
        icon=":material/view_column_2:",
        help=HELP,
        on_click=on_click,
        width="stretch",
    )
