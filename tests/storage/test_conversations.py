"""Conversations: their order, their end, and what was spent in them."""

import sqlite3
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.types import Parameters, Provenance, Settings, Spent, Status, Usage
from storage.columns import outcome_columns
from storage.errors import ConversationGone
from storage.spending import sum_of
from tests.storage.samples import SENT, SETTINGS, outcome, say, say_again, texts


def titles(store, limit=50, before=None):
    return [listed.title for listed in store.conversations.recent(limit, before)]


def begin_named(store, *names):
    return [store.replies.begin(None, "嗨", name, SETTINGS).conversation_id for name in names]


def test_the_newest_activity_comes_first(store):
    turns = [say(store, "一") for _ in "abc"]
    for turn, name in zip(turns, "甲乙丙", strict=True):
        store.conversations.rename(turn.conversation_id, name)
    assert titles(store) == ["丙", "乙", "甲"]
    say(store, "二", conversation_id=turns[0].conversation_id)
    assert titles(store) == ["甲", "丙", "乙"]
    say_again(store, turns[1])
    assert titles(store) == ["乙", "甲", "丙"]


def test_looking_renaming_and_moving_a_control_is_no_activity(store):
    oldest, *_ = begin_named(store, "甲", "乙")
    store.conversations.rename(oldest, "丙")
    store.conversations.save_settings(oldest, Settings("x", "y"))
    assert titles(store) == ["乙", "丙"]


def test_the_order_does_not_depend_on_the_clock(store, tmp_path):
    ids = begin_named(store, "甲", "乙", "丙")
    with sqlite3.connect(tmp_path / "playground.db") as clock_set_back:
        for year, id_ in zip((2031, 2040, 1999), ids, strict=True):
            moment = f"{year}-01-01T00:00:00.000000+00:00"
            clock_set_back.execute(
                "UPDATE conversations SET created_at = ?1, updated_at = ?1 WHERE id = ?2", (moment, id_)
            )
            clock_set_back.execute("UPDATE messages SET created_at = ? WHERE conversation_id = ?", (moment, id_))
    clock_set_back.close()
    assert titles(store) == ["丙", "乙", "甲"]
    store.replies.interrupt_streaming()
    for id_ in ids:
        say(store, "晚", conversation_id=id_)
        assert texts(store, id_) == ["嗨", "", "晚", "好的。"]
    assert titles(store) == ["丙", "乙", "甲"]


def test_pages_follow_each_other_without_gap_or_repetition(store):
    begin_named(store, *"一二三四五六七")
    listed, before = [], None
    while page := store.conversations.recent(3, before):
        assert len(page) <= 3
        listed += [entry.title for entry in page]
        before = page[-1].activity
    assert listed == list("七六五四三二一")


def test_a_new_title_and_new_settings_are_kept(store):
    [id_] = begin_named(store, "旧")
    settings = Settings("外", "model", Parameters(temperature=0.0, seed=0, stop_sequences=("停",)))
    store.conversations.rename(id_, "新的标题")
    store.conversations.save_settings(id_, settings)
    conversation = store.conversations.get(id_)
    assert (conversation.title, conversation.settings) == ("新的标题", settings)


def test_a_deleted_conversation_is_hidden_everywhere_until_it_is_restored(store):
    one, two = (say(store, "一").conversation_id for _ in range(2))
    store.conversations.rename(one, "甲")
    store.conversations.delete(one)
    assert titles(store) == ["标题"]
    assert store.conversations.get(one) is None
    assert texts(store, one) == []
    with pytest.raises(ConversationGone):
        store.conversations.rename(one, "乙")
    with pytest.raises(ConversationGone):
        store.conversations.save_settings(one, SETTINGS)
    store.conversations.restore(one)
    assert titles(store) == ["标题", "甲"], "in its old place"
    assert (texts(store, one), texts(store, two)) == (["一", "好的。"],) * 2


def test_a_conversation_nobody_knows_is_not_found(store):
    assert store.conversations.get("没有") is None
    assert store.conversations.get("\ud800") is None
    store.conversations.delete("没有")
    with pytest.raises(ConversationGone):
        store.conversations.restore("没有")


def test_what_was_deleted_a_moment_ago_is_known_in_the_order_of_the_deletions(store):
    one, two, _ = begin_named(store, "甲", "乙", "丙")
    for id_ in (two, one):
        store.conversations.delete(id_)
    hour = timedelta(hours=1)
    assert [deleted.title for deleted in store.conversations.recently_deleted(hour)] == ["乙", "甲"]
    assert store.conversations.recently_deleted(timedelta(0)) == []
    store.conversations.restore(two)
    assert [deleted.id for deleted in store.conversations.recently_deleted(hour)] == [one]


@pytest.mark.parametrize("change", ["deleted_at = '2099-01-01T00:00:00.000000+00:00'", "leaf_id = NULL, title = ''"])
def test_what_is_due_or_being_removed_cannot_be_taken_back(store, tmp_path, change):
    id_ = say(store, "走").conversation_id
    store.conversations.delete(id_)
    with sqlite3.connect(tmp_path / "playground.db") as another:
        another.execute(f"UPDATE conversations SET {change} WHERE id = ?", (id_,))
    another.close()
    assert store.conversations.recently_deleted(timedelta(hours=1)) == []


def test_only_what_was_deleted_long_enough_ago_is_purged(store):
    kept, gone = say(store, "留").conversation_id, say(store, "走").conversation_id
    store.conversations.delete(gone)
    assert store.conversations.purge_deleted(timedelta(hours=1))
    store.conversations.restore(gone)
    store.conversations.delete(gone)
    assert store.conversations.purge_deleted(timedelta(0))
    with pytest.raises(ConversationGone):
        store.conversations.restore(gone)
    assert texts(store, kept) == ["留", "好的。"]


def test_a_conversation_in_which_a_reply_streams_is_purged_later(store):
    turn = store.replies.begin(None, "慢", "t", SETTINGS)
    store.conversations.delete(turn.conversation_id)
    assert not store.conversations.purge_deleted(timedelta(0))
    assert store.replies.finish(turn.reply_id, "好", "", outcome())
    assert store.conversations.purge_deleted(timedelta(0))


def test_what_was_spent_counts_every_branch_and_only_this_conversation(store):
    turn = say(store, "一", end=outcome(Status.COMPLETE, Usage(1237, 311, 1000, 200), "0.1", Provenance.REPORTED))
    say_again(store, turn)
    say(store, "别处")
    spent = store.conversations.spent(turn.conversation_id)
    assert spent == Spent(
        Usage(1247, 316, 1000, 200), Decimal("0.35"), estimated=True, unpriced=0, free=False, replies=2
    )
    assert store.conversations.spent("没有") == Spent()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (
            outcome(Status.COMPLETE, Usage(3, 4), "0.1", Provenance.REPORTED),
            Spent(Usage(3, 4), Decimal("0.1"), replies=1),
        ),
        (
            outcome(Status.STOPPED, None, "0.1", Provenance.PARTIAL),
            Spent(Usage(10, 5), Decimal("0.1"), True, replies=1),
        ),
        (
            outcome(cost=None, reported=Usage(3, 4), provenance=Provenance.UNPRICED),
            Spent(Usage(3, 4), unpriced=1, replies=1),
        ),
        (outcome(cost="0", reported=Usage(3, 4), provenance=Provenance.FREE), Spent(Usage(3, 4), free=True, replies=1)),
        (outcome(Status.FAILED, Usage(), None, Provenance.UNPRICED), Spent()),
    ],
    ids=["reported", "stopped", "unpriced", "free", "refused before any token"],
)
def test_what_was_spent_says_how_far_it_can_be_trusted(store, end, expected):
    assert store.conversations.spent(say(store, "多少?", end=end).conversation_id) == expected


def test_a_reply_that_streams_is_not_yet_spent_and_one_interrupted_is_of_unknown_cost(store):
    turn = store.replies.begin(None, "慢", "t", SETTINGS)
    store.replies.record_request(turn.reply_id, SENT)
    assert store.conversations.spent(turn.conversation_id) == Spent()
    store.replies.interrupt_streaming()
    assert store.conversations.spent(turn.conversation_id) == Spent(estimated=True, unpriced=1, replies=1)


def test_an_interrupted_reply_whose_request_never_left_cost_nothing(store):
    turn = store.replies.begin(None, "慢", "t", SETTINGS)
    store.replies.interrupt_streaming()
    assert store.conversations.spent(turn.conversation_id) == Spent()


@given(st.lists(st.decimals(0, 10**6, places=40), max_size=30))
def test_the_sum_of_costs_is_exact(amounts):
    rows = [outcome_columns(outcome(cost=str(amount))) for amount in amounts]
    assert Fraction(sum_of(rows).cost) == sum(map(Fraction, amounts))
