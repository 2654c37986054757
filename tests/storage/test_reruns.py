"""Reruns as they are kept: beside the open branch, by their turns, until their conversation goes."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from llm.types import Parameters, Settings, Status
from storage.errors import ConversationBusy, ConversationGone, NothingToRerun, RerunGone
from storage.experiments.records import ExperimentState
from storage.experiments.rerun_records import Way
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.first_schema import first_schema_file
from tests.storage.samples import SETTINGS, outcome, say, texts

SECRET = "秘密-4711"
OTHER = Settings("家", "另一个", Parameters(system_prompt=SECRET))


@pytest.fixture
def asked(store):
    """A conversation of two turns."""
    first = say(store, "一")
    say(store, "二", conversation_id=first.conversation_id)
    return first.conversation_id


def answer(store, rerun_id, turn, reply="新", end=None):
    begun = store.reruns.begin(rerun_id, turn)
    assert store.replies.finish(begun.reply_id, reply, "", end or outcome())
    return begun


def test_a_rerun_reads_as_it_was_kept(store, asked):
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    kept = store.reruns.get(rerun_id)
    assert (kept.conversation_id, kept.title, kept.way, kept.settings) == (asked, "标题", Way.OWN, OTHER)
    assert (kept.turns, kept.answered) == (2, 0)
    store.reruns.set_state(rerun_id, ExperimentState.DONE)
    answer(store, rerun_id, 0)
    second = store.reruns.create(asked, Way.ORIGINAL, SETTINGS)
    assert [rerun.id for rerun in store.reruns.of(asked)] == [second, rerun_id]
    assert (store.reruns.get(rerun_id).state, store.reruns.get(rerun_id).answered) == (ExperimentState.DONE, 1)


def test_of_two_prompts_in_a_row_the_first_has_no_original_reply(store, asked):
    path = store.messages.path(asked)
    with store._file.write() as database:
        database.execute("UPDATE messages SET role = 'user' WHERE id = ?", (path[1].id,))
    rerun_id = store.reruns.create(asked, Way.ORIGINAL, OTHER)
    turns = store.reruns.turns(rerun_id)
    assert [(turn.prompt_id, turn.original_id) for turn in turns] == [
        (path[0].id, None),
        (path[1].id, None),
        (path[2].id, path[3].id),
    ]


def test_what_streams_aside_keeps_nobody_from_sending_unless_it_is_the_open_leaf(store, asked):
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    begun = store.reruns.begin(rerun_id, 0)
    assert begun.aside
    say(store, "三", conversation_id=asked)
    assert texts(store, asked) == ["一", "好的。", "二", "好的。", "三", "好的。"]
    store.messages.open_at(asked, begun.reply_message_id)
    with pytest.raises(ConversationBusy):
        store.replies.begin(asked, "四", "", SETTINGS)
    store.replies.finish(begun.reply_id, "完", "", outcome())
    say(store, "四", conversation_id=asked)
    assert texts(store, asked) == ["一", "完", "四", "好的。"]


def test_a_reply_of_the_chat_that_goes_on_where_a_rerun_stopped_is_the_chats_again(store, asked):
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    begun = answer(store, rerun_id, 0, "一半", outcome(Status.STOPPED))
    store.messages.open_at(asked, begun.reply_message_id)
    further = store.replies.begin_continuation(begun.reply_id, SETTINGS)
    with pytest.raises(ConversationBusy):
        store.replies.begin(asked, "别的", "", SETTINGS)
    store.replies.finish(further.reply_id, "一半又一半", "", outcome())
    assert store.reruns.turns(rerun_id)[0].status is Status.COMPLETE


def test_every_attempt_counts_as_spent_and_the_newest_one_as_the_reply(store, asked):
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    answer(store, rerun_id, 0, "一半", outcome(Status.STOPPED))
    again = answer(store, rerun_id, 0, "整")
    assert store.reruns.spent(rerun_id).replies == 2
    sums = store.reruns.sums(rerun_id)
    assert (sums.turns, sums.original.replies, sums.new.replies, sums.new_seconds) == (1, 1, 1, 1.5)
    assert store.reruns.turns(rerun_id)[0].message_id == again.reply_message_id
    assert store.reruns.asks(rerun_id, 1)[0] == again.reply_message_id


def test_in_a_fork_the_originals_took_what_those_took_that_were_copied(store, asked):
    fork = store.conversations.fork(store.messages.path(asked)[-1].id).conversation_id
    say(store, "三", conversation_id=fork)
    rerun_id = store.reruns.create(fork, Way.ORIGINAL, OTHER)
    for turn in range(3):
        answer(store, rerun_id, turn)
    sums = store.reruns.sums(rerun_id)
    assert (sums.turns, sums.original.replies, sums.new.replies) == (3, 3, 3)
    store.conversations.delete(asked)
    assert store.conversations.purge_deleted(timedelta(0))
    sums = store.reruns.sums(rerun_id)
    assert (sums.turns, sums.original.replies, sums.new.replies) == (1, 1, 1)


def test_what_cannot_be_reran_is_refused(store, asked):
    with pytest.raises(ConversationGone):
        store.reruns.create("nowhere", Way.OWN, OTHER)
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    store.conversations.delete(asked)
    assert store.reruns.get(rerun_id) is None
    assert store.reruns.of(asked) == []
    with pytest.raises(RerunGone):
        store.reruns.begin(rerun_id, 0)
    with pytest.raises(RerunGone):
        store.reruns.asks("nowhere", 0)
    store.conversations.restore(asked)
    assert store.reruns.get(rerun_id) is not None


def test_nothing_was_asked_in_an_empty_conversation(store, asked):
    with store._file.write() as database:
        database.execute("UPDATE conversations SET leaf_id = NULL WHERE id = ?", (asked,))
    with pytest.raises(NothingToRerun):
        store.reruns.create(asked, Way.OWN, OTHER)


def test_with_a_conversation_its_reruns_go_and_what_they_cost_stays(store, asked, tmp_path):
    kept = say(store, "留下").conversation_id
    store.reruns.create(kept, Way.OWN, SETTINGS)
    rerun_id = store.reruns.create(asked, Way.OWN, OTHER)
    answer(store, rerun_id, 0, SECRET)
    store.conversations.delete(asked)
    assert store.conversations.purge_deleted(timedelta(0))
    with closing(sqlite3.connect(tmp_path / "playground.db")) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("reruns", "rerun_turns", "rerun_replies")
        }
        assert counts == {"reruns": 1, "rerun_turns": 1, "rerun_replies": 0}
        assert connection.execute("SELECT count(*) FROM replies WHERE purpose = 'rerun'").fetchone() == (1,)
    assert not [file for file in tmp_path.iterdir() if file.is_file() and SECRET.encode() in file.read_bytes()]


def test_a_file_of_the_schema_before_has_everything_in_the_new_one(tmp_path):
    path = first_schema_file(tmp_path / "playground.db")
    earlier = [migration for migration in MIGRATIONS if migration.__name__ < "m009"]
    Store(path, earlier).close()
    with closing(Store(path)) as store:
        store.replies.interrupt_streaming()
        rerun_id = store.reruns.create("b2", Way.ORIGINAL, OTHER)
        begun = answer(store, rerun_id, 0)
        assert texts(store, "b2") == ["一", "👩‍👧乙"]
        assert store.messages.of([begun.reply_message_id])[begun.reply_message_id].siblings == 3
