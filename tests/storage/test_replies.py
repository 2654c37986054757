"""A reply from its beginning to its end: what is kept, what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from llm.types import Cost, Outcome, Parameters, Provenance, Settings, Status, Timing, Usage
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from storage.store import Store
from tests.storage.samples import FAILED, PRICES, SENT, SETTINGS, TIMING, outcome, run, say, say_again, texts


def reply_of(store, turn):
    return store.messages.path(turn.conversation_id)[-1].reply


def test_a_first_prompt_makes_a_conversation_with_its_title_and_settings(store):
    turn = store.replies.begin(None, "你好", "问候", SETTINGS)
    conversation = store.conversations.get(turn.conversation_id)
    assert (conversation.title, conversation.settings, conversation.leaf_id) == (
        "问候",
        SETTINGS,
        turn.reply_message_id,
    )
    prompt, reply = store.messages.path(turn.conversation_id)
    assert (prompt.id, prompt.parent_id, prompt.role, prompt.text, prompt.reply) == (
        turn.prompt_id,
        None,
        "user",
        "你好",
        None,
    )
    assert (reply.id, reply.parent_id, reply.role, reply.text) == (
        turn.reply_message_id,
        turn.prompt_id,
        "assistant",
        "",
    )
    assert (reply.reply.id, reply.reply.message_id) == (turn.reply_id, reply.id)
    assert (reply.reply.status, reply.reply.settings) == (Status.STREAMING, SETTINGS)
    assert (reply.reply.sent, reply.reply.cost, reply.reply.timing, reply.reply.reported) == (None, None, None, None)


def test_ids_of_conversations_and_replies_cannot_be_guessed(store):
    turns = [say(store, "再见") for _ in range(20)]
    ids = {turn.conversation_id for turn in turns} | {turn.reply_id for turn in turns}
    assert len(ids) == 40
    assert all(len(id_) == 32 and int(id_, 16) for id_ in ids)


def test_the_next_prompt_follows_the_open_leaf_and_brings_its_settings(store):
    first = say(store, "一")
    settings = Settings("Elsewhere", "other", Parameters(seed=7))
    second = say(store, "二", conversation_id=first.conversation_id, settings=settings)
    assert texts(store, first.conversation_id) == ["一", "好的。", "二", "好的。"]
    assert store.messages.path(first.conversation_id)[2].parent_id == first.reply_message_id
    assert store.conversations.get(first.conversation_id).settings == settings
    assert [m.reply.settings for m in store.messages.path(second.conversation_id) if m.reply] == [SETTINGS, settings]


def test_all_that_is_known_of_a_reply_comes_back(store):
    turn = store.replies.begin(None, "你好", "t", SETTINGS)
    store.replies.record_request(turn.reply_id, SENT)
    cost = Cost(Decimal("0.000123456789012345678901234567890"), Provenance.REPORTED, PRICES)
    end = Outcome(Status.FAILED, Usage(1, 2, 3, 4), cost, TIMING, Usage(5, 6, 7, 8), "content_filter", FAILED, "req-七")
    assert store.replies.finish(turn.reply_id, "你好！", "先想一想", end)
    message = store.messages.path(turn.conversation_id)[-1]
    reply = message.reply
    assert (message.text, reply.reasoning, reply.status) == ("你好！", "先想一想", Status.FAILED)
    assert (reply.sent, reply.settings) == (SENT, SETTINGS)
    assert (reply.reported, reply.estimated, reply.cost) == (Usage(5, 6, 7, 8), Usage(1, 2, 3, 4), cost)
    assert (reply.finish_reason, reply.failure, reply.request_id) == ("content_filter", FAILED, "req-七")
    assert reply.timing == Timing(0.25, 1.5)
    assert store.replies.chunk_times(turn.reply_id) == TIMING


def test_its_usage_is_what_the_server_reported_else_what_we_estimated_else_none(store):
    reported, estimated = Usage(5, 6), Usage(1, 2)
    for end in (outcome(reported=reported, estimated=estimated), outcome(estimated=estimated)):
        assert reply_of(store, say(store, "多少?", end=end)).usage == (end.reported or estimated)
    assert reply_of(store, store.replies.begin(None, "慢", "t", SETTINGS)).usage == Usage()


def test_an_unknown_price_stays_unknown(store):
    turn = say(store, "多少钱?", end=outcome(cost=None, provenance=Provenance.UNPRICED))
    assert reply_of(store, turn).cost == Cost(None, Provenance.UNPRICED)


def test_chunk_times_of_a_reply_that_is_not_there_are_empty(store):
    assert store.replies.chunk_times("nobody") == Timing()


def test_what_has_arrived_is_kept_while_the_reply_streams(store):
    turn = store.replies.begin(None, "数到三", "t", SETTINGS)
    store.replies.save_partial(turn.reply_id, "一", "嗯")
    store.replies.save_partial(turn.reply_id, "一二", "嗯嗯")
    message = store.messages.path(turn.conversation_id)[-1]
    assert (message.text, message.reply.reasoning, message.reply.status) == ("一二", "嗯嗯", Status.STREAMING)


@pytest.mark.parametrize("late", ["save_partial", "finish", "record_request"])
def test_a_reply_that_has_ended_is_not_overwritten(store, late):
    turn = say(store, "停", "完整", end=outcome(Status.STOPPED))
    before = store.messages.path(turn.conversation_id)
    if late == "finish":
        assert not store.replies.finish(turn.reply_id, "晚了", "晚了", outcome(Status.COMPLETE))
    elif late == "save_partial":
        store.replies.save_partial(turn.reply_id, "晚了", "晚了")
    else:
        store.replies.record_request(turn.reply_id, SENT)
    assert store.messages.path(turn.conversation_id) == before


def test_a_prompt_is_refused_with_nothing_stored_while_a_reply_streams(store):
    done = say(store, "一")
    store.replies.begin(done.conversation_id, "二", "t", SETTINGS)
    with pytest.raises(
        ConversationBusy, match=r"^A reply is still streaming here\. Wait for it or stop it, then send again\.$"
    ):
        store.replies.begin(done.conversation_id, "三", "t", SETTINGS)
    with pytest.raises(ConversationBusy):
        store.replies.begin_again(done.reply_message_id, SETTINGS)
    assert texts(store, done.conversation_id) == ["一", "好的。", "二", ""]


def test_a_reply_that_streams_elsewhere_or_has_ended_refuses_nothing(store):
    store.replies.begin(None, "别处", "t", SETTINGS)
    turn = say(store, "一")
    say(store, "二", conversation_id=turn.conversation_id)
    assert store.messages.count(turn.conversation_id) == 4


def test_a_second_branch_is_busy_too(store):
    turn = say(store, "一")
    again = store.replies.begin_again(turn.reply_message_id, SETTINGS)
    store.messages.show_sibling(again.reply_message_id, -1)
    with pytest.raises(ConversationBusy):
        store.replies.begin(turn.conversation_id, "二", "t", SETTINGS)


def test_a_prompt_goes_below_the_leaf_that_was_seen_or_nowhere(store):
    turn = say(store, "一", "甲")
    again = say_again(store, turn, "乙")
    with pytest.raises(ConversationMoved):
        store.replies.begin(turn.conversation_id, "二", "t", SETTINGS, turn.reply_message_id)
    assert texts(store, turn.conversation_id) == ["一", "乙"]
    store.replies.begin(turn.conversation_id, "二", "t", SETTINGS, again.reply_message_id)
    assert texts(store, turn.conversation_id) == ["一", "乙", "二", ""]


def test_a_prompt_to_a_conversation_that_is_not_there_is_refused(store):
    turn = say(store, "一")
    store.conversations.delete(turn.conversation_id)
    for conversation_id in (turn.conversation_id, "nowhere"):
        with pytest.raises(ConversationGone):
            store.replies.begin(conversation_id, "二", "t", SETTINGS)


def test_another_reply_needs_a_reply_that_is_there(store):
    turn, deleted = say(store, "一"), say(store, "没了")
    store.conversations.delete(deleted.conversation_id)
    for message_id in (turn.prompt_id, deleted.reply_message_id, 999):
        with pytest.raises(ConversationGone):
            store.replies.begin_again(message_id, SETTINGS)


def test_another_reply_stands_beside_the_first_and_is_shown(store):
    turn = say(store, "一", "甲")
    settings = replace(SETTINGS, model="another")
    again = store.replies.begin_again(turn.reply_message_id, settings)
    assert (again.conversation_id, again.prompt_id) == (turn.conversation_id, turn.prompt_id)
    assert store.replies.finish(again.reply_id, "乙", "", outcome())
    assert texts(store, turn.conversation_id) == ["一", "乙"]
    shown = store.messages.path(turn.conversation_id)[-1]
    assert (shown.sibling, shown.siblings, shown.reply.settings.model) == (2, 2, "another")
    assert store.conversations.get(turn.conversation_id).settings == settings


def test_replies_that_a_killed_process_left_are_interrupted(tmp_path):
    store = Store(tmp_path / "playground.db")
    sent, unsent, done = (
        store.replies.begin(None, "半", "t", SETTINGS),
        store.replies.begin(None, "零", "t", SETTINGS),
        say(store, "完"),
    )
    store.replies.record_request(sent.reply_id, SENT)
    store.replies.save_partial(sent.reply_id, "一半", "")
    store.close()
    store = Store(tmp_path / "playground.db")
    assert store.replies.interrupt_streaming() == 2
    assert store.replies.interrupt_streaming() == 0
    assert texts(store, sent.conversation_id) == ["半", "一半"]
    assert [reply_of(store, turn).status for turn in (sent, unsent, done)] == ["interrupted", "interrupted", "complete"]
    assert reply_of(store, sent).cost == Cost(None, Provenance.UNPRICED)
    assert (reply_of(store, sent).estimated, reply_of(store, sent).timing) == (None, None)
    assert reply_of(store, unsent).estimated == Usage(), "its request never left"
    say(store, "继续", conversation_id=sent.conversation_id)
    store.close()


def test_the_last_model_is_remembered_per_connection(store):
    assert store.replies.last_model("家") is None
    for connection, model in [("家", "甲"), ("外", "丙"), ("家", "乙")]:
        say(store, "hi", settings=Settings(connection, model))
    assert (store.replies.last_model("家"), store.replies.last_model("外")) == ("乙", "丙")


def test_a_regeneration_counts_for_the_last_model(store):
    turn = say(store, "嗨", settings=Settings("家", "甲"))
    say_again(store, turn)
    assert store.replies.last_model(SETTINGS.connection) == SETTINGS.model


def test_an_interrupted_reply_keeps_the_estimate_that_was_saved_with_its_text(store):
    turn = store.replies.begin(None, "问", "title", Settings("here", "gpt-4o-mini"))
    cost = Cost(Decimal("0.000123"), Provenance.PARTIAL)
    store.replies.save_partial(turn.reply_id, "一半", "", (Usage(12, 34), cost))
    store.replies.interrupt_streaming()
    reply = reply_of(store, turn)
    assert (reply.status, reply.estimated, reply.cost) == (Status.INTERRUPTED, Usage(12, 34), cost)


def test_what_a_models_last_replies_took_is_known_for_estimates(store):
    for tokens in (10, 20, 30):
        say(store, "问", end=outcome(reported=Usage(1, tokens)))
    say(store, "问", end=outcome(estimated=Usage(1, 40)))
    say(store, "问", end=outcome(Status.STOPPED, reported=Usage(1, 50)))
    say(store, "问", settings=replace(SETTINGS, model="别的"), end=outcome(reported=Usage(1, 60)))
    run(store, store.experiments.create("试", "{}"), "a", end=outcome(reported=Usage(1, 70)))
    lately = store.replies.lately(SETTINGS.connection, SETTINGS.model, 4)
    assert lately == [(tokens, TIMING.duration) for tokens in (70, 40, 30, 20)]
    assert store.replies.lately(SETTINGS.connection, "没有") == []
