"""A presentation on its page: what is seen at a place, and what is offered when a request cannot be made or fails."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from components.present.state import Showing
from components.session import Session
from llm.types import Budget, Preferences, Settings
from services import ROOT, Services, close, services
from tabs.chat.open_chat import OpenChat
from tabs.presenting.open_presentation import OpenPresentation
from tabs.presenting.play_actions import UNTIMED, PlayActions
from tabs.presenting.present_actions import PresentActions
from tests.playground import KEY, wait_until
from tests.upstream import Answer


@pytest.fixture
def app(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_LOCAL_MODEL", "off")
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield services()
    close()


def settings(app: Services) -> Settings:
    return Settings(app.directory.get("").name, "gpt-4o-mini")


def asked(app: Services, *prompts: str) -> str:
    """A conversation in which this was asked."""
    conversation_id = None
    for prompt in prompts:
        live = app.turns.send(conversation_id, prompt, settings(app))
        conversation_id = live.conversation_id
        wait_until(lambda live=live: not live.live)
    return conversation_id


def presented(app: Services, conversation_id: str, at: int = 1) -> PresentActions:
    tab = Session(conversation_id, settings(app), whole=True, showing=Showing(at))
    return PresentActions(OpenPresentation(OpenChat(app, tab)))


def untimed(app: Services) -> str:
    """A conversation whose reply was cut with the playground."""
    turn = app.store.replies.begin(None, "问", "标题", settings(app))
    app.store.replies.save_partial(turn.reply_id, "一半", "")
    app.store.replies.interrupt_streaming()
    return turn.conversation_id


def test_what_nobody_took_the_time_of_is_shown_at_once_with_a_word(app):
    does = presented(app, untimed(app))
    does.play()
    shown = does.opened.slide()
    assert (shown.live, shown.shown.text, shown.word) == (None, "一半", UNTIMED)
    chat = OpenChat(app, does.tab)
    PlayActions(chat).play(shown.recorded)
    assert (PlayActions(chat).playback, chat.tab.notice) == (None, UNTIMED)


def test_a_place_that_is_not_there_is_the_nearest_and_nothing_is_no_place(app):
    id_ = asked(app, "一", "二")
    assert [presented(app, id_, at).opened.slide().at for at in (-5, 1, 2, 999)] == [1, 1, 2, 2]
    assert presented(app, "没有").opened.slide() is None


def test_a_request_that_is_refused_is_said_and_a_recorded_reply_can_be_shown_in_its_place(app, upstream):
    does = presented(app, asked(app, "你好"))
    app.store.preferences.save(Preferences(budget=Budget(day=Decimal(0))))
    requests = len(upstream.requests)
    does.ask()
    assert "budget" in does.tab.notice
    shown = does.opened.slide()
    assert shown.playable
    assert not shown.revealed
    does.play()
    assert does.tab.notice == ""
    wait_until(lambda: does.opened.slide().live is None)
    assert does.opened.slide().shown.text == "Hello from upstream."
    assert len(upstream.requests) == requests


def test_a_prompt_is_asked_once_however_often_one_asks_while_it_streams(app, upstream):
    does = presented(app, asked(app, "你好", "再问"))
    upstream.answer = Answer(hold_after=1)
    before = app.store.messages.path(does.tab.conversation_id)
    does.ask()
    does.ask()
    wait_until(lambda: len(upstream.requests) == 3)
    assert upstream.requests[-1]["messages"] == [{"role": "user", "content": "你好"}]
    shown = does.opened.slide()
    assert (shown.live.live, shown.is_playing, shown.has_failed) == (True, False, False)
    does.stop()
    wait_until(lambda: does.opened.slide().live is None)
    assert does.opened.slide().has_failed
    after = app.store.messages.path(does.tab.conversation_id)
    assert [message.id for message in after] == [message.id for message in before]
    does.go(2)
    assert does.opened.slide().asked is None


def test_a_reply_that_streams_in_the_chat_is_seen_live(app, upstream):
    id_ = asked(app, "你好")
    upstream.answer = Answer(hold_after=1)
    live = app.turns.send(id_, "再问", settings(app))
    does = presented(app, id_, 2)
    shown = does.opened.slide()
    assert (shown.live, shown.is_playing, shown.playable) == (live, False, False)
    upstream.release()
    wait_until(lambda: not live.live)
    assert does.opened.slide().shown.text == "Hello from upstream."


def test_a_deleted_conversation_ends_what_was_asked_and_what_plays(app, upstream):
    does = presented(app, id_ := asked(app, "你好"))
    app.playbacks.play(id_, app.store.messages.path(id_)[-1], 0.001)
    upstream.answer = Answer(hold_after=1)
    does.ask()
    wait_until(lambda: upstream.said[-1][2] == "Hello")
    live = does.opened.slide().live
    app.delete_conversations([id_])
    wait_until(lambda: not live.live)
    assert does.opened.playing.reply is None
    assert does.opened.slide() is None


def test_the_page_says_what_to_do_where_there_is_nothing_to_show(app):
    at = AppTest.from_file(str(ROOT / "pages" / "present.py"), default_timeout=30)
    at.query_params.update(c="没有", at="x" * 5000)
    at.run()
    assert not at.exception
    assert "not here" in at.markdown[0].value
