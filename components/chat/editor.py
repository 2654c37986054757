"""A prompt that is typed anew in its place."""

from collections.abc import Callable

import streamlit as st

from storage.records import StoredMessage


def typed_in(message: StoredMessage) -> str:
    """The key of the box in which a prompt is typed anew."""
    return f"edited_{message.id}"


def editor(
    message: StoredMessage, on_send: Callable[[StoredMessage], None], on_cancel: Callable[[StoredMessage], None]
) -> None:
    """Draw the box and its buttons; the page's script lets Ctrl+Enter send, and Escape cancel."""
    with st.container(key=f"editor_{message.id}", gap="xsmall"):
        st.text_area(
            "Your message",
            key=typed_in(message),
            height="content",
            label_visibility="collapsed",
            on_change="ignore",  # it comes with the click
            persist_state="session",
        )
        with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            st.button("Cancel", key=f"cancel_edit_{message.id}", type="tertiary", on_click=on_cancel, args=(message,))
            st.button(
                "Send",
                key=f"send_edit_{message.id}",
                type="primary",
                icon=":material/arrow_upward:",
                on_click=on_send,
                args=(message,),
            )
