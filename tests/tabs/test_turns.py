"""What a prompt goes on from: the branch that stands on the page of whoever wrote it."""

import pytest

from components.session import Session
from llm.types import Settings
from services import Services, close, services
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


def drawn(does: TurnActions) -> list[StoredMessage]:
    """The transcript as the tab draws it once nothing streams."""
    wait_until(lambda: does.opened.live is None)
    return list(does.opened.transcript().messages)


def texts(messages: list[StoredMessage]) -> list[str]:
    return [message.text for message in messages if message.role == "user"]


def test_a_prompt_goes_on_from_the_branch_that_its_own_tab_shows(app):
    one = tab_on(app)
    one.send("第一问")
    first_reply = drawn(one)[-1]
    one.send("第二问")
    other = tab_on(app, one.tab.conversation_id)
    assert texts(drawn(one)) == texts(drawn(other)) == ["第一问", "第二问"]
    other.regenerate(first_reply, seen=other.tab.leaf)
    assert texts(drawn(other)) == ["第一问"]
    one.send("第三问")
    assert texts(drawn(one)) == ["第一问", "第二问", "第三问"]
    other.send("另一问")
    assert texts(drawn(other)) == ["第一问", "另一问"]


def test_a_prompt_goes_below_what_another_tab_has_added_to_the_same_branch(app):
    one = tab_on(app)
    one.send("第一问")
    drawn(one)
    other = tab_on(app, one.tab.conversation_id)
    drawn(other)
    one.send("第二问")
    drawn(one)
    other.send("第三问")
    assert texts(drawn(other)) == ["第一问", "第二问", "第三问"]
