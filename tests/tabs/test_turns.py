"""What a prompt goes on from: the branch that stands on the page of whoever wrote it."""

import pytest
import streamlit as st

from components.session import Session
from llm.types import Settings
from services import Services, close, services
from storage.errors import ConversationGone, ConversationMoved
from storage.records import StoredMessage
from tabs.chat.open_chat import OpenChat
from tabs.chat.turn_actions import TurnActions
from tests.playground import KEY, wait_until


@pytest.fixture
def app(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_LOCAL_MODEL", "off")
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield services()
    close()


def tab_on(app: Services, conversation_id: str | None = None) -> TurnActions:
    settings = Settings(app.directory.get("").name, "gpt-4o-mini")
    return TurnActions(OpenChat(app, Session(conversation_id, settings)))


def ended(does: TurnActions) -> None:
    wait_until(lambda: does.opened.live is None)


def drawn(does: TurnActions) -> list[StoredMessage]:
    """The transcript as the tab draws it once nothing streams."""
    ended(does)
    return list(does.opened.transcript().messages)


def texts(messages: list[StoredMessage]) -> list[str]:
    return [message.text for message in messages if message.role == "user"]


def refused(does: TurnActions, prompt: str) -> None:
    """The prompt is not sent, and stays in the composer."""
    does.send(prompt)
    assert does.tab.notice == str(ConversationMoved())
    assert st.session_state["prompt"] == prompt


def test_a_prompt_goes_below_the_branch_of_another_tab_only_once_that_was_shown(app):
    one = tab_on(app)
    one.send("第一问")
    first_reply = drawn(one)[-1]
    one.send("第二问")
    other = tab_on(app, one.tab.conversation_id)
    assert texts(drawn(one)) == texts(drawn(other)) == ["第一问", "第二问"]
    other.regenerate(first_reply, seen=other.tab.leaf)
    ended(other)
    refused(one, "第三问")
    assert texts(drawn(one)) == ["第一问"]
    one.send("第三问")
    assert texts(drawn(one)) == ["第一问", "第三问"]
    assert one.tab.notice == ""


def test_a_prompt_goes_below_what_another_tab_has_added_only_once_that_was_shown(app):
    one = tab_on(app)
    one.send("第一问")
    drawn(one)
    other = tab_on(app, one.tab.conversation_id)
    drawn(other)
    one.send("第二问")
    ended(one)
    refused(other, "第三问")
    assert texts(drawn(other)) == ["第一问", "第二问"]
    other.send("第三问")
    assert texts(drawn(other)) == ["第一问", "第二问", "第三问"]


def test_a_tab_alone_is_never_refused_though_nothing_was_drawn_in_between(app):
    does = tab_on(app)
    does.send("一")
    ended(does)
    first_reply = does.opened.transcript().messages[-1]
    for act in (
        lambda: does.send("二"),
        lambda: does.regenerate(first_reply, seen=does.tab.leaf),
        lambda: does.send("三"),
        lambda: does.show_sibling(first_reply.id, 0),
        lambda: does.send("四"),
        lambda: does.go_to(first_reply.id),
        lambda: does.send("五"),
    ):
        ended(does)
        act()
        assert does.tab.notice == ""
        assert does.tab.leaf == app.store.conversations.get(does.tab.conversation_id).leaf_id
    assert texts(drawn(does)) == ["一", "二", "四", "五"]


def test_a_step_to_a_sibling_in_what_another_tab_has_deleted_says_so(app):
    does = tab_on(app)
    does.send("一")
    reply = drawn(does)[-1]
    app.delete_conversations([does.tab.conversation_id])
    does.show_sibling(reply.id, 1)
    assert does.tab.notice == str(ConversationGone())
