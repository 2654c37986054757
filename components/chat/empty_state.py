"""What an empty conversation shows: where the replies will come from, and something to begin with."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.text.model_text import plain
from llm.servers.connections import Connection

SMALL_TALK = (
    "Say hello and introduce yourself",
    "Explain in two sentences why the sky is blue",
    "Write a short poem about the sea",
    "Give me three tips for better sleep",
)
REAL_WORK = (
    "Explain a Python decorator with a short example",
    "Compare SQLite and PostgreSQL in a table",
    "Derive the quadratic formula step by step",
    "用三句话介绍一下机器学习",
)
BUILT_IN_NOTE = (
    "A tiny model on this machine answers: it makes mistakes, costs nothing, and nothing leaves this machine."
)


def empty_state(connection: Connection, model: str, problem: str, on_pick: Callable[[str], None]) -> None:
    """A greeting, what answers or why nothing does, and prompts that suit it; a click sends one."""
    with st.container(key="empty_state", horizontal_alignment="center"):
        st.header("What shall we try?", text_alignment="center", anchor=False)
        note = BUILT_IN_NOTE if connection.built_in else plain(problem or _answers(connection, model))
        st.caption(note, text_alignment="center")
        suggestions: Sequence[str] = SMALL_TALK if connection.built_in else REAL_WORK
        with st.container(key="suggestions", horizontal=True, horizontal_alignment="center"):
            for number, suggestion in enumerate(suggestions):
                st.button(suggestion, key=f"suggestion_{number}", on_click=on_pick, args=(suggestion,))


def _answers(connection: Connection, model: str) -> str:
    who = f"{model} at {connection.name}" if model else connection.name
    return f"{who} answers. The sidebar sets how; the meters show what it costs."
