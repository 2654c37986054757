"""How a message came about that took more than one request."""

import streamlit as st

from components.chat.endings import ending
from components.figures import caption, reply_cost, reply_tokens
from components.text.model_text import plain
from storage.records import StoredMessage, StoredReply


def making(message: StoredMessage) -> None:
    """Draw, folded, what each request of a message wrote; nothing for a message of one request."""
    if len(message.replies) < 2:
        return
    ends = [*(reply.text_start for reply in message.replies[1:]), len(message.text)]
    with st.expander("How it was made", key=f"making_{message.id}", icon=":material/history:"):
        for number, (reply, end) in enumerate(zip(message.replies, ends, strict=True), 1):
            ended = ending(reply, end - reply.text_start)
            how = ended.word if ended else "Complete"
            start = f"from character {reply.text_start + 1:,}"
            facts = (reply.settings.model, start, reply_tokens((reply,)), reply_cost((reply,)), how)
            st.markdown(f"**Request {number}** · {plain(caption(facts))}")
            if asked := _asked(reply):
                st.caption(asked)


def _asked(reply: StoredReply) -> str:
    """How the model was asked to go on."""
    words = reply.sent.continuation if reply.sent else None
    if words is None:
        return ""
    return f"Asked to go on with “{plain(words)}”" if words else "The text so far stood last; the model went on."
