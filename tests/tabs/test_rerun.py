"""A rerun on its page: how much is drawn of a long one, and what becomes of it when its conversation is deleted."""

from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from experiments.running.phase import Phase
from llm.types import Settings, Status
from services import ROOT, close, services
from storage.errors import RerunGone
from storage.experiments.rerun_records import Way
from tests.playground import KEY, wait_until
from tests.storage.samples import outcome, say
from tests.upstream import Answer

TURNS = 200


@pytest.fixture
def app(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_LOCAL_MODEL", "off")
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield services()
    close()


def chat(app, turns):
    """A conversation, and settings to rerun it with."""
    settings = Settings(app.directory.get("").name, "house-model")
    id_ = None
    for n in range(turns):
        id_ = say(app.store, f"第{n}问", f"旧{n}", id_, settings).conversation_id
    return id_, settings


def reran(app, turns):
    """A rerun that is done, without any request."""
    id_, settings = chat(app, turns)
    rerun_id = app.store.reruns.create(id_, Way.OWN, settings)
    for turn in range(turns):
        begun = app.store.reruns.begin(rerun_id, turn)
        app.store.replies.finish(begun.reply_id, f"新{turn}", "", outcome())
    return rerun_id


def page(**address):
    at = AppTest.from_file(str(ROOT / "pages" / "rerun.py"), default_timeout=30)
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


@contextmanager
def queries(app):
    """What is asked of the store."""
    asked = []
    with app.store._file.read() as reader:
        reader.set_trace_callback(asked.append)
    yield asked
    with app.store._file.read() as reader:
        reader.set_trace_callback(None)


def shown(at):
    return [markdown.value for markdown in at.markdown if markdown.value.startswith(("旧", "新", "第"))]


def test_of_a_long_rerun_ten_turns_are_drawn_and_the_others_a_click_away(app):
    rerun_id = reran(app, TURNS)
    at = page(id=rerun_id)
    assert shown(at) == [text for n in range(10) for text in (f"第{n}问", f"旧{n}", f"新{n}")]
    assert "Turns 1 to 10 of 200" in [caption.value for caption in at.caption]
    at.button("rerun_later_below").click().run()
    assert shown(at)[:3] == ["第10问", "旧10", "新10"]
    assert len(shown(at)) == 30


def test_a_long_rerun_asks_the_store_no_more_often_than_a_short_one(app):
    counts = []
    for turns in (12, 60):
        rerun_id = reran(app, turns)
        with queries(app) as asked:
            page(id=rerun_id)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_address_of_nothing_says_so_and_what_to_do(app):
    assert "choose *Replay on another model*" in page().info[0].value
    at = page(id="nowhere")
    assert "not here" in at.warning[0].value


def test_a_new_rerun_says_what_it_will_send_and_waits_for_a_reply_of_the_chat(app, upstream):
    id_, settings = chat(app, 2)
    assert page(c=id_).button("rerun_start").label == "Replay 2 turns"
    upstream.answer = Answer(hold_after=1)
    live = app.turns.send(id_, "慢", settings)
    at = page(c=id_)
    assert "still streaming" in at.warning[0].value
    assert at.button("rerun_start").disabled
    upstream.release()
    wait_until(lambda: not live.live)


def test_deleting_a_conversation_ends_its_rerun(app, upstream):
    id_, settings = chat(app, 3)
    upstream.answer = Answer(hold_after=1)
    rerun_id = app.reruns.start(id_, Way.OWN, settings)
    at = page(id=rerun_id)
    assert at.button("rerun_stop").label == "Stop"
    wait_until(lambda: len(upstream.requests) == 1)
    app.delete_conversations([id_])
    wait_until(lambda: app.reruns.find(rerun_id) is None)
    at.run()
    assert "not here" in at.warning[0].value
    with pytest.raises(RerunGone):
        app.store.reruns.begin(rerun_id, 1)
    app.store.conversations.restore(id_)
    assert app.reruns.phase(app.store.reruns.get(rerun_id)) is Phase.CANCELLED
    assert app.store.reruns.turns(rerun_id)[0].status is Status.STOPPED
    assert len(upstream.requests) == 1
