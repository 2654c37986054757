"""One or many texts: prompts, system prompts."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components.session import project, widget

OnTexts = Callable[[tuple[str, ...]], None]


def text_list(
    name: str, label: str, texts: Sequence[str], on_change: OnTexts, help: str, placeholder: str = "", height: int = 90
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
                on_change=partial(_changed, name, number, tuple(texts), on_change),
            )
            if len(texts) > 1:
                st.button(
                    "",
                    key=f"remove_{key}",
                    icon=":material/close:",
                    type="tertiary",
                    help=f"Take away {label.lower()} {number + 1}",
                    on_click=on_change,
                    args=((*texts[:number], *texts[number + 1 :]),),
                )
    st.button(
        f"Add a {label.lower()}",
        key=f"add_{name}",
        icon=":material/add:",
        type="tertiary",
        on_click=on_change,
        args=((*texts, ""),),
    )


def _changed(name: str, number: int, texts: tuple[str, ...], on_change: OnTexts) -> None:
    on_change((*texts[:number], widget(f"{name}_{number}"), *texts[number + 1 :]))
