"""One or many texts: prompts, system prompts."""

from collections.abc import Sequence

import streamlit as st

from components.planning.edit import EditItems, added, changed, removed
from components.session import project, widget


def text_list(
    name: str,
    label: str,
    texts: Sequence[str],
    edit: EditItems[str],
    help: str,
    placeholder: str = "",
    height: int = 90,
) -> None:
    """Draw an area for each text, and what adds one or takes one away. Keys: `name`_0, add_`name`, remove_`name`_0."""
    for number, text in enumerate(texts):
        with st.container(horizontal=len(texts) > 1, vertical_alignment="center", gap="xsmall"):
            key = f"{name}_{number}"
            project(key, text)
            st.text_area(
                f"{label} {number + 1}" if len(texts) > 1 else label,
                key=key,
                help=help,
                placeholder=placeholder,
                height=height,
                on_change=_set,
                args=(edit, number, key),
            )
            if len(texts) > 1:
                st.button(
                    "",
                    key=f"remove_{key}",
                    icon=":material/close:",
                    type="tertiary",
                    help=f"Take away {label.lower()} {number + 1}",
                    on_click=edit,
                    args=(removed(number),),
                )
    st.button(
        f"Add a {label.lower()}",
        key=f"add_{name}",
        icon=":material/add:",
        type="tertiary",
        on_click=edit,
        args=(added(""),),
    )


def _set(edit: EditItems[str], number: int, key: str) -> None:
    edit(changed(number, lambda _: widget(key)))
