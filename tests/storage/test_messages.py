"""The tree of messages: which branch is open, what a request sends of it."""

from itertools import islice

import pytest

from llm.types import Message, Status
from storage.errors import ConversationGone
from tests.storage.samples import SETTINGS, outcome, said, say, say_again, texts


def test_the_path_runs_from_the_root_to_the_open_leaf(store):
    first = say(store, "一", "甲")
    say(store, "二", "乙", first.conversation_id)
    path = store.messages.path(first.conversation_id)
    assert [(m.role, m.text) for m in path] == [
        ("user", "一"),
        ("assistant", "甲"),
        ("user", "二"),
        ("assistant", "乙"),
    ]
    assert [m.parent_id for m in path] == [None, *(m.id for m in path[:-1])]
    assert [m.reply is not None for m in path] == [False, True, False, True]


def test_only_the_newest_messages_are_read_when_a_number_is_given(store):
    conversation = say(store, "问0", "答0").conversation_id
    for number in range(1, 5):
        say(store, f"问{number}", f"答{number}", conversation)
    whole = store.messages.path(conversation)
    for newest in (0, 1, 3, 10, 50):
        assert store.messages.path(conversation, newest) == whole[len(whole) - min(newest, 10) :]
    assert store.messages.count(conversation) == 10


def test_a_conversation_that_is_not_there_has_no_messages(store):
    assert store.messages.path("没有") == []
    assert store.messages.count("没有") == 0


def test_conversations_do_not_mix(store):
    one, two = say(store, "一").conversation_id, say(store, "二").conversation_id
    say(store, "一一", conversation_id=one)
    assert texts(store, one) == ["一", "好的。", "一一", "好的。"]
    assert texts(store, two) == ["二", "好的。"]
    assert {(m.sibling, m.siblings) for m in store.messages.path(two)} == {(1, 1)}, "each root stands alone"


def test_a_sibling_opens_at_its_newest_message(store):
    first = say(store, "一", "甲")
    conversation = first.conversation_id
    again = say_again(store, first, "丙")
    store.messages.show_sibling(again.reply_message_id, -1)
    say(store, "二", "乙", conversation)
    store.messages.show_sibling(first.reply_message_id, +1)
    say(store, "三", "丁", conversation)
    assert texts(store, conversation) == ["一", "丙", "三", "丁"]
    store.messages.show_sibling(again.reply_message_id, -1)
    assert texts(store, conversation) == ["一", "甲", "二", "乙"]
    store.messages.show_sibling(first.reply_message_id, +1)
    assert texts(store, conversation) == ["一", "丙", "三", "丁"]


def test_going_back_opens_the_branch_that_was_grown_last(store):
    root = say(store, "根", "一")
    conversation = root.conversation_id
    other = say_again(store, root, "二")
    store.messages.show_sibling(other.reply_message_id, -1)
    below = say(store, "下", "甲", conversation)
    say_again(store, below, "乙")
    store.messages.show_sibling(root.reply_message_id, +1)
    assert texts(store, conversation) == ["根", "二"]
    store.messages.show_sibling(other.reply_message_id, -1)
    assert texts(store, conversation) == ["根", "一", "下", "乙"]


def test_there_is_nothing_before_the_first_and_after_the_last_sibling(store):
    first = say(store, "一", "甲")
    again = say_again(store, first, "乙")
    for message_id, step in [(again.reply_message_id, 1), (again.reply_message_id, -2), (first.prompt_id, 1)]:
        assert store.messages.show_sibling(message_id, step) == again.reply_message_id
        assert texts(store, first.conversation_id) == ["一", "乙"]


def test_there_are_no_siblings_in_what_was_deleted(store):
    first = say(store, "一", "甲")
    again = say_again(store, first, "乙")
    store.conversations.delete(first.conversation_id)
    for message_id in (again.reply_message_id, 999):
        with pytest.raises(ConversationGone):
            store.messages.show_sibling(message_id, -1)
    store.conversations.restore(first.conversation_id)
    assert texts(store, first.conversation_id) == ["一", "乙"]


def test_siblings_are_counted_oldest_first(store):
    first = say(store, "一")
    turns = [first]
    for _ in range(3):
        turns.append(say_again(store, turns[-1]))
    for place, turn in enumerate(turns):
        store.messages.show_sibling(first.reply_message_id, place)
        shown = store.messages.path(first.conversation_id)[-1]
        assert (shown.id, shown.sibling, shown.siblings) == (turn.reply_message_id, place + 1, 4)


def test_the_context_is_the_chain_up_to_a_message_and_nothing_beside_it(store):
    first = say(store, "一", "甲")
    say_again(store, first, "乙")
    second = store.replies.begin(first.conversation_id, "二", "t", SETTINGS)
    chain = said(store.messages.context(second.prompt_id))
    assert [message for _, message in chain] == [
        Message("user", "一"),
        Message("assistant", "乙"),
        Message("user", "二"),
    ]
    assert [id_ for id_, _ in chain] == [m.id for m in store.messages.path(first.conversation_id)[:-1]]
    assert said(store.messages.context(999)) == []


def test_replies_without_text_are_left_out_of_the_context(store):
    failed = say(store, "一", "", end=outcome(Status.FAILED))
    second = store.replies.begin(failed.conversation_id, "二", "t", SETTINGS)
    history = store.messages.context(second.reply_message_id)
    assert len(history) == 2
    assert [m.content for _, m in said(history)] == ["一", "二"]


@pytest.mark.parametrize("looked_at", [0, 1, 49, 50, 51, 99, 100, 101, 140])
def test_the_context_is_read_from_its_end_as_far_as_one_looks(store, looked_at):
    turn = say(store, "问0", "答0")
    for n in range(1, 70):
        say(store, f"问{n}", f"答{n}" if n % 7 else "", conversation_id=turn.conversation_id)
    newest = store.conversations.get(turn.conversation_id).leaf_id
    whole = [(m.id, m.text) for m in store.messages.path(turn.conversation_id) if m.text]
    history = store.messages.context(newest)
    ends = [(id_, message.content) for id_, message in islice(reversed(history), looked_at)]
    assert ends[::-1] == whole[len(whole) - len(ends) :]
    assert len(history) == len(whole) == 131
    assert [id_ for id_, _ in said(history)] == [id_ for id_, _ in whole]
