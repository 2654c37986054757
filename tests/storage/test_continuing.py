"""A reply that was cut goes on in its own message: one text, several requests, each with its seam and its price."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from llm.types import Failure, Provenance, Settings, Spent, Status, Usage
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved, StorageError
from tests.storage.samples import SENT, SETTINGS, outcome, say, say_again, texts

CUT = outcome(Status.INCOMPLETE, Usage(10, 5), "0.1", Provenance.REPORTED)
REST = outcome(Status.COMPLETE, Usage(15, 7), "0.2", Provenance.REPORTED)


def go_on(store, turn, text, end=REST):
    """The text is the whole of the message, as the caller saves it."""
    further = store.replies.begin_continuation(turn.reply_id, SETTINGS)
    assert store.replies.finish(further.reply_id, text, "", end)
    return further


def replies_of(store, turn):
    return store.messages.path(turn.conversation_id)[-1].replies


def test_a_continuation_begins_with_the_text_so_far_in_the_same_message(store):
    cut = say(store, "数到四", "一👩‍👧二", end=CUT)
    further = store.replies.begin_continuation(cut.reply_id, SETTINGS)
    assert further.text == "一👩‍👧二"
    assert (further.conversation_id, further.prompt_id) == (cut.conversation_id, cut.prompt_id)
    assert further.reply_message_id == cut.reply_message_id
    assert further.reply_id != cut.reply_id
    assert texts(store, cut.conversation_id) == ["数到四", "一👩‍👧二"]


def test_the_message_stays_one_and_keeps_each_request_with_its_seam(store):
    cut = say(store, "数到四", "一👩‍👧二", end=CUT)
    further = go_on(store, cut, "一👩‍👧二三", CUT)
    go_on(store, further, "一👩‍👧二三四")
    _, message = store.messages.path(cut.conversation_id)
    assert message.text == "一👩‍👧二三四"
    assert (message.sibling, message.siblings) == (1, 1)
    assert [reply.text_start for reply in message.replies] == [0, 5, 6]
    assert [reply.status for reply in message.replies] == ["incomplete", "incomplete", "complete"]
    assert message.reply == message.replies[-1]
    assert store.messages.count(cut.conversation_id) == 2


def test_only_the_newest_messages_are_read_with_all_their_replies(store):
    cut = say(store, "一", "甲", end=CUT)
    go_on(store, cut, "甲乙")
    [message] = store.messages.path(cut.conversation_id, 1)
    assert (message.text, len(message.replies)) == ("甲乙", 2)


def test_a_prompt_has_no_replies(store):
    prompt, _ = store.messages.path(say(store, "一").conversation_id)
    assert (prompt.replies, prompt.reply) == ((), None)


def test_what_was_sent_to_go_on_and_how_often_is_kept(store):
    cut = say(store, "数", "一", end=replace(CUT, requests=3))
    further = store.replies.begin_continuation(cut.reply_id, SETTINGS)
    for words in ("请接着写。", ""):
        sent = replace(SENT, continuation=words)
        store.replies.record_request(further.reply_id, sent)
        assert replies_of(store, cut)[-1].sent == sent
    store.replies.record_request(further.reply_id, SENT)
    store.replies.finish(further.reply_id, "一二", "", replace(REST, requests=2))
    first, second = replies_of(store, cut)
    assert (first.requests, second.requests) == (3, 2)
    assert second.sent.continuation is None


def test_each_request_is_priced(store):
    cut = say(store, "一", "甲", end=CUT)
    go_on(store, cut, "甲乙")
    assert store.conversations.spent(cut.conversation_id) == Spent(Usage(25, 12), Decimal("0.3"), replies=2)


def test_a_continuation_that_fails_keeps_the_text_and_says_why(store):
    cut = say(store, "一", "甲", end=CUT)
    failed = outcome(Status.FAILED, failure=Failure("refused", "The server is away."))
    go_on(store, cut, "甲", failed)
    assert texts(store, cut.conversation_id) == ["一", "甲"]
    assert [reply.status for reply in replies_of(store, cut)] == ["incomplete", "failed"]


def test_a_continuation_whose_process_died_leaves_the_replies_before_it_as_they_ended(store):
    cut = say(store, "一", "甲", end=CUT)
    further = store.replies.begin_continuation(cut.reply_id, SETTINGS)
    store.replies.save_partial(further.reply_id, "甲乙", "")
    assert store.replies.interrupt_streaming() == 1
    assert texts(store, cut.conversation_id) == ["一", "甲乙"]
    assert [reply.status for reply in replies_of(store, cut)] == ["incomplete", "interrupted"]
    go_on(store, further, "甲乙丙")
    assert [reply.text_start for reply in replies_of(store, cut)] == [0, 1, 2]


def test_a_continuation_brings_the_conversation_up_with_its_settings(store):
    cut, later = say(store, "一", end=CUT), say(store, "二")
    settings = Settings("家", "大模型")
    store.replies.begin_continuation(cut.reply_id, settings)
    listed = [entry.id for entry in store.conversations.recent(9)]
    assert listed == [cut.conversation_id, later.conversation_id]
    assert store.conversations.get(cut.conversation_id).settings == settings
    assert store.replies.last_model("家") == "大模型"


def test_a_whole_reply_can_be_repeated_beside_one_that_was_continued(store):
    cut = say(store, "一", "甲", end=CUT)
    go_on(store, cut, "甲乙")
    say_again(store, cut, "丙")
    shown = store.messages.path(cut.conversation_id)[-1]
    assert (shown.text, shown.sibling, shown.siblings, len(shown.replies)) == ("丙", 2, 2, 1)
    assert store.conversations.spent(cut.conversation_id).replies == 3


def test_only_the_newest_reply_of_a_message_goes_on(store):
    cut = say(store, "一", "甲", end=CUT)
    go_on(store, cut, "甲乙")
    with pytest.raises(ConversationMoved, match=r"^This conversation has changed meanwhile\. .*, then try again\.$"):
        store.replies.begin_continuation(cut.reply_id, SETTINGS)


def test_only_the_open_leaf_goes_on_or_is_repeated(store):
    first = say(store, "一", "甲", end=CUT)
    again = say_again(store, first, "乙")
    hidden, beneath = first, again
    say(store, "二", "丙", first.conversation_id)
    for turn in (hidden, beneath):
        with pytest.raises(ConversationMoved):
            store.replies.begin_continuation(turn.reply_id, SETTINGS)
        with pytest.raises(ConversationMoved):
            store.replies.begin_again(turn.reply_message_id, SETTINGS)
    assert texts(store, first.conversation_id) == ["一", "乙", "二", "丙"]
    assert store.conversations.spent(first.conversation_id).replies == 3


def test_nothing_goes_on_while_a_reply_streams_there(store):
    cut = say(store, "一", "甲", end=CUT)
    store.replies.begin_continuation(cut.reply_id, SETTINGS)
    with pytest.raises(ConversationBusy):
        store.replies.begin_continuation(cut.reply_id, SETTINGS)
    with pytest.raises(ConversationBusy):
        store.replies.begin(cut.conversation_id, "二", "t", SETTINGS)


def test_what_is_gone_does_not_go_on(store):
    deleted, purged = say(store, "一", end=CUT), say(store, "二", end=CUT)
    store.conversations.delete(purged.conversation_id)
    store.conversations.purge_deleted(timedelta(0))
    store.conversations.delete(deleted.conversation_id)
    for reply_id in (deleted.reply_id, purged.reply_id, "没有"):
        with pytest.raises(ConversationGone):
            store.replies.begin_continuation(reply_id, SETTINGS)


@pytest.mark.parametrize("action", ["repeat", "continue"])
def test_of_many_clicks_on_one_button_one_becomes_a_request(store, action):
    cut = say(store, "一", "甲", end=CUT)
    ready = threading.Barrier(8)

    def click(_):
        ready.wait()
        try:
            if action == "repeat":
                turn = store.replies.begin_again(cut.reply_message_id, SETTINGS)
            else:
                turn = store.replies.begin_continuation(cut.reply_id, SETTINGS)
        except StorageError:
            return False
        return store.replies.finish(turn.reply_id, "甲乙", "", REST)  # so quickly that none of the others meets it

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 1
    assert store.conversations.spent(cut.conversation_id).replies == 2
