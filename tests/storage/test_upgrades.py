"""A file of an earlier schema, filled as that playground filled it, has everything in the new one."""

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from llm.types import Cost, Parameters, Provenance, Settings, Status, Timing, Usage
from storage.store import Store
from tests.storage.first_schema import assert_holds, first_schema_file, rows_of, second_schema_file
from tests.storage.samples import SETTINGS, outcome, run, say, say_again, texts


@pytest.fixture
def path(tmp_path):
    return first_schema_file(tmp_path / "playground.db")


@pytest.fixture
def upgraded(path):
    store = Store(path)
    yield store
    store.close()


def rows_after_upgrade(path):
    """Every row of the upgraded file, which has all the values that it had before."""
    before = rows_of(path)
    Store(path).close()
    after = rows_of(path)
    assert_holds(after, before)
    return after


def test_every_row_of_the_first_schema_is_there_with_all_its_values(path):
    after = rows_after_upgrade(path)
    assert {(row["text_start"], row["requests"]) for row in after["replies"]} == {(0, 1)}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_conversations_of_the_first_schema_read_as_they_did(upgraded):
    assert [listed.title for listed in upgraded.conversations.recent(9)] == ["分支", "早上"]
    assert texts(upgraded, "a1") == ["你好", "一半"]
    prompt, message = upgraded.messages.path("b2")
    assert (prompt.text, message.text, message.sibling, message.siblings) == ("一", "👩‍👧乙", 2, 2)
    assert prompt.replies == ()
    [reply] = message.replies
    assert (reply.status, reply.text_start, reply.requests) == (Status.STOPPED, 0, 1)
    assert reply.cost == Cost(None, Provenance.UNPRICED)
    upgraded.messages.show_sibling(5, -1)
    reply = upgraded.messages.path("b2")[-1].reply
    assert reply.settings == Settings("家", "甲", Parameters(seed=7))
    assert (reply.sent.dropped, reply.sent.continuation) == ((("seed", "none"),), None)
    assert upgraded.replies.chunk_times("r4") == Timing(0.25, 1.5, (0.25, 0.5), (2, 5))
    upgraded.conversations.restore("c3")
    assert upgraded.messages.path("c3")[-1].reply.failure.detail == "余额不足"


def test_what_the_first_schema_knew_of_money_still_counts(upgraded):
    assert upgraded.conversations.spent("b2").cost == Decimal("0.00012")
    assert upgraded.replies.interrupt_streaming() == 1
    assert upgraded.conversations.spent("a1").cost == Decimal("0.5")
    assert upgraded.replies.last_model("旧") == "老"


def test_a_conversation_of_the_first_schema_goes_on(upgraded):
    upgraded.replies.interrupt_streaming()
    turn = upgraded.replies.begin_continuation("r2", SETTINGS)
    assert upgraded.replies.finish(turn.reply_id, "一半又一半", "", outcome(reported=Usage(1, 2)))
    assert [reply.text_start for reply in upgraded.messages.path("a1")[-1].replies] == [0, 2]
    say_again(upgraded, say(upgraded, "继续", conversation_id="b2"))
    assert texts(upgraded, "b2") == ["一", "👩‍👧乙", "继续", "再来。"]


def test_text_that_an_upgrade_has_moved_is_not_left_where_it_was(path):
    Store(path).close()
    assert path.read_bytes().count("余额不足".encode()) == 1


@pytest.fixture
def second(tmp_path):
    return second_schema_file(tmp_path / "second.db")


def test_every_row_of_the_second_schema_is_there_with_all_its_values_as_one_of_a_chat(second):
    after = rows_after_upgrade(second)
    assert {row["purpose"] for row in (*after["conversations"], *after["replies"])} == {"chat"}


def test_chats_of_the_second_schema_read_as_they_did_and_experiments_begin_beside_them(second):
    with closing(Store(second)) as store:
        assert [listed.title for listed in store.conversations.recent(9)] == ["分支", "早上"]
        assert [reply.requests for reply in store.messages.path("b2")[-1].replies] == [1, 2]
        assert store.conversations.spent("b2").cost == Decimal("0.25012")
        assert store.replies.last_model("家") == "丙"
        assert store.preferences.get().budget.day == Decimal("1.5")
        run(store, store.experiments.create("试", "{}"), "a")
        assert store.replies.last_model("Zuhause") is None
        assert len(store.conversations.recent(9)) == 2
