"""A conversation that grows at any of its messages, and goes on elsewhere from copies."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from llm.types import Status
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from storage.file.migrations import MIGRATIONS
from storage.records import Beginning
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, say_again, texts


def edit(store, prompt_id, prompt, leaf, reply="改好了。"):
    turn = store.replies.begin_edited(prompt_id, prompt, SETTINGS, leaf)
    assert store.replies.finish(turn.reply_id, reply, "", outcome())
    return turn


@pytest.fixture
def long(store):
    """Three turns of a conversation, the last of them open."""
    first = say(store, "一", "甲")
    return [first, *(say(store, prompt, reply, first.conversation_id) for prompt, reply in ("二乙", "三丙"))]


class TestEditing:
    def test_an_edited_prompt_stands_beside_the_old_one_which_stays_with_all_below_it(self, store, long):
        conversation = long[0].conversation_id
        edit(store, long[1].prompt_id, "改", long[-1].reply_message_id)
        assert texts(store, conversation) == ["一", "甲", "改", "改好了。"]
        assert [(m.sibling, m.siblings) for m in store.messages.path(conversation)][2] == (2, 2)
        store.messages.show_sibling(store.messages.path(conversation)[2].id, -1)
        assert texts(store, conversation) == ["一", "甲", "二", "乙", "三", "丙"]

    def test_the_first_prompt_can_be_edited_too(self, store, long):
        edit(store, long[0].prompt_id, "重新开始", long[-1].reply_message_id)
        assert texts(store, long[0].conversation_id) == ["重新开始", "改好了。"]
        assert store.conversations.recent(9)[0].title == "标题"

    def test_one_intent_is_one_branch_however_often_and_wherever_it_is_clicked(self, store, long):
        leaf = long[-1].reply_message_id
        edit(store, long[0].prompt_id, "改", leaf)
        with pytest.raises(ConversationMoved):
            store.replies.begin_edited(long[0].prompt_id, "改", SETTINGS, leaf)
        with pytest.raises(ConversationMoved):
            store.replies.begin_again(long[0].reply_message_id, SETTINGS, leaf)

    def test_only_a_prompt_can_be_edited_and_not_while_a_reply_streams(self, store, long):
        leaf = long[-1].reply_message_id
        with pytest.raises(ConversationGone):
            store.replies.begin_edited(long[0].reply_message_id, "改", SETTINGS, leaf)
        streaming = store.replies.begin(long[0].conversation_id, "四", "t", SETTINGS)
        with pytest.raises(ConversationBusy):
            store.replies.begin_edited(long[0].prompt_id, "改", SETTINGS, streaming.reply_message_id)


def test_a_reply_anywhere_can_be_given_again_and_the_new_one_is_open(store, long):
    again = store.replies.begin_again(long[0].reply_message_id, SETTINGS, long[-1].reply_message_id)
    assert store.replies.finish(again.reply_id, "新", "", outcome())
    assert again.prompt_id == long[0].prompt_id
    assert texts(store, long[0].conversation_id) == ["一", "新"]


class TestForking:
    def test_a_fork_at_a_reply_holds_copies_of_all_that_led_to_it(self, store, long):
        fork = store.conversations.fork(long[1].reply_message_id)
        assert texts(store, fork.conversation_id) == ["一", "甲", "二", "乙"]
        assert fork.prompt == ""
        listed = store.conversations.recent(9)[0]
        assert (listed.id, listed.title) == (fork.conversation_id, "标题 (fork)")
        assert store.conversations.get(fork.conversation_id).settings == SETTINGS
        assert texts(store, long[0].conversation_id)[-1] == "丙"

    def test_a_fork_at_a_prompt_has_it_still_to_be_sent(self, store, long):
        fork = store.conversations.fork(long[1].prompt_id)
        assert texts(store, fork.conversation_id) == ["一", "甲"]
        assert fork.prompt == "二"

    def test_a_fork_at_the_first_prompt_is_a_new_conversation(self, store, long):
        fork = store.conversations.fork(long[0].prompt_id)
        assert (fork.conversation_id, fork.prompt) == (None, "一")
        assert len(store.conversations.recent(9)) == 1

    def test_nothing_was_spent_on_a_copy_which_still_knows_what_made_it(self, store, long):
        fork = store.conversations.fork(long[0].reply_message_id)
        copy = store.messages.path(fork.conversation_id)[-1]
        assert copy.replies == ()
        assert copy.copied_from == long[0].reply_message_id
        assert [reply.id for reply in copy.original] == [long[0].reply_id]
        assert store.conversations.spent(fork.conversation_id).replies == 0

    def test_a_fork_of_a_fork_knows_the_first_original_and_is_called_a_fork_once(self, store, long):
        once = store.conversations.fork(long[0].reply_message_id)
        copy = store.messages.path(once.conversation_id)[-1]
        twice = store.conversations.fork(copy.id)
        assert store.messages.path(twice.conversation_id)[-1].copied_from == long[0].reply_message_id
        assert store.conversations.get(twice.conversation_id).title == "标题 (fork)"

    def test_a_copy_stays_when_its_original_is_gone_for_good(self, store, long):
        fork = store.conversations.fork(long[0].reply_message_id)
        store.conversations.delete(long[0].conversation_id)
        assert store.conversations.purge_deleted(timedelta(0))
        copy = store.messages.path(fork.conversation_id)[-1]
        assert (copy.text, copy.original) == ("甲", ())

    def test_a_fork_goes_on_like_any_conversation(self, store, long):
        fork = store.conversations.fork(long[0].reply_message_id)
        say(store, "另外", "好", fork.conversation_id)
        copy = store.messages.path(fork.conversation_id)[1]
        leaf = store.conversations.get(fork.conversation_id).leaf_id
        again = store.replies.begin_again(copy.id, SETTINGS, leaf)
        assert store.replies.finish(again.reply_id, "重", "", outcome())
        assert texts(store, fork.conversation_id) == ["一", "重"]

    def test_what_streams_and_what_is_gone_cannot_be_forked(self, store, long):
        streaming = store.replies.begin(long[0].conversation_id, "四", "t", SETTINGS)
        with pytest.raises(ConversationBusy):
            store.conversations.fork(streaming.reply_message_id)
        assert store.conversations.fork(long[0].reply_message_id).conversation_id
        store.conversations.delete(long[0].conversation_id)
        for message_id in (long[0].reply_message_id, 999):
            with pytest.raises(ConversationGone):
                store.conversations.fork(message_id)

    def test_a_title_stays_within_its_length(self, store):
        turn = store.replies.begin(None, "问", "长" * 200, SETTINGS)
        store.replies.finish(turn.reply_id, "答", "", outcome())
        fork = store.conversations.fork(turn.reply_message_id)
        title = store.conversations.get(fork.conversation_id).title
        assert (len(title), title[-8:]) == (200, "长 (fork)")


class TestOpening:
    def test_a_message_opens_its_branch_at_the_newest_message_below_it(self, store, long):
        conversation = long[0].conversation_id
        edit(store, long[1].prompt_id, "改", long[-1].reply_message_id)
        assert store.messages.open_at(conversation, long[1].prompt_id)
        assert texts(store, conversation) == ["一", "甲", "二", "乙", "三", "丙"]

    def test_the_open_branch_stays_where_it_goes_through_the_message(self, store, long):
        conversation = long[0].conversation_id
        edit(store, long[1].prompt_id, "改", long[-1].reply_message_id)
        store.messages.open_at(conversation, long[2].prompt_id)
        assert store.messages.open_at(conversation, long[0].prompt_id)
        assert texts(store, conversation)[-1] == "丙"

    def test_a_message_of_another_conversation_opens_nothing(self, store, long):
        other = say(store, "别的")
        again = say_again(store, other)
        for message_id in (other.reply_message_id, 999, 2**62):
            assert not store.messages.open_at(long[0].conversation_id, message_id)
        assert texts(store, other.conversation_id)[-1] == "再来。"
        assert store.conversations.get(other.conversation_id).leaf_id == again.reply_message_id

    def test_what_comes_after_a_message_is_known_where_it_is_in_the_open_branch(self, store, long):
        conversation = long[0].conversation_id
        path = [message.id for message in store.messages.path(conversation)]
        assert store.messages.after(conversation, path[2]) == path[3:]
        assert store.messages.after(conversation, path[-1]) == []
        edit(store, long[1].prompt_id, "改", path[-1])
        assert store.messages.after(conversation, path[2]) is None
        assert store.messages.after("没有", path[0]) is None

    def test_a_part_of_the_branch_is_read_up_to_where_it_ends(self, store, long):
        conversation = long[0].conversation_id
        end = long[1].reply_message_id
        assert [m.text for m in store.messages.path(conversation, 3, end)] == ["甲", "二", "乙"]


def test_of_a_tree_only_the_beginnings_are_read(store):
    turn = say(store, "很长的问题" * 100, "答" * 500)
    say_again(store, turn, "短")
    places = store.messages.tree(turn.conversation_id)
    assert [place.parent_id for place in places] == [None, turn.prompt_id, turn.prompt_id]
    found = store.messages.beginnings([place.id for place in places] + [999], 5)
    assert list(found.values()) == [
        Beginning("user", "很长的问题", ""),
        Beginning("assistant", "答答答答答", SETTINGS.model),
        Beginning("assistant", "短", SETTINGS.model),
    ]
    store.conversations.delete(turn.conversation_id)
    assert store.messages.tree(turn.conversation_id) == []


def test_a_file_of_the_schema_before_remembers_no_originals_and_can_be_forked(tmp_path):
    path = tmp_path / "old.db"
    with closing(Store(path, MIGRATIONS[:4])), closing(sqlite3.connect(path)) as connection:
        connection.execute("""
            INSERT INTO conversations (id, activity, created_at, updated_at, title, connection, model, parameters)
            VALUES ('a', 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '旧', '家', '甲', '{}')
        """)
        for id_, parent, role, text in ((1, None, "user", "问"), (2, 1, "assistant", "答")):
            moment = "2026-01-01T00:00:00+00:00"
            columns = "(id, conversation_id, parent_id, role, created_at, text)"
            values = (id_, "a", parent, role, moment, text)
            connection.execute(f"INSERT INTO messages {columns} VALUES (?, ?, ?, ?, ?, ?)", values)
        connection.execute("UPDATE conversations SET leaf_id = 2")
        connection.commit()
    with closing(Store(path)) as store:
        assert [message.copied_from for message in store.messages.path("a")] == [None, None]
        fork = store.conversations.fork(2)
        assert [message.copied_from for message in store.messages.path(fork.conversation_id)] == [1, 2]


def test_an_empty_reply_is_copied_as_it_is(store):
    failed = say(store, "问", "", end=outcome(Status.FAILED))
    fork = store.conversations.fork(failed.reply_message_id)
    [_, copy] = store.messages.path(fork.conversation_id)
    assert (copy.text, copy.original[0].status) == ("", Status.FAILED)
