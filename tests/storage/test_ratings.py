"""A reply can be rated: with a thumb, and a word or none; and what servers echo is kept with it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from llm.types import Echoed, PlaygroundError
from storage.chats.ratings import LONGEST_WORD
from storage.errors import ConversationGone
from storage.file.migrations import MIGRATIONS
from storage.records import Rating, Thumb
from storage.store import Store
from tests.storage.samples import outcome, say, say_again

ECHOED = Echoed("chatcmpl-7", "模型-7b-2026", "fp_44", None, 1_790_000_000)


def ratings_of(store, turn):
    return [message.rating for message in store.messages.path(turn.conversation_id)]


def test_a_thumb_stands_with_its_message_until_it_is_taken_back(store):
    turn = say(store, "你好")
    assert ratings_of(store, turn) == [None, None]
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    assert ratings_of(store, turn) == [None, Rating(Thumb.UP)]
    store.ratings.take_back(turn.reply_message_id)
    assert ratings_of(store, turn) == [None, None]


def test_a_word_stays_when_the_thumb_turns_and_goes_with_the_rating(store):
    turn = say(store, "你好")
    store.ratings.explain(turn.reply_message_id, "没有评价")
    assert ratings_of(store, turn)[1] is None
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    store.ratings.explain(turn.reply_message_id, "很好 👍\ud800")
    store.ratings.rate(turn.reply_message_id, Thumb.DOWN)
    assert ratings_of(store, turn)[1] == Rating(Thumb.DOWN, "很好 👍\ufffd")
    store.ratings.take_back(turn.reply_message_id)
    store.ratings.rate(turn.reply_message_id, Thumb.DOWN)
    assert ratings_of(store, turn)[1] == Rating(Thumb.DOWN)


def test_each_sibling_has_a_rating_of_its_own(store):
    turn = say(store, "一")
    store.ratings.rate(turn.reply_message_id, Thumb.DOWN)
    again = say_again(store, turn)
    assert ratings_of(store, again)[1] is None
    store.messages.show_sibling(again.reply_message_id, -1)
    assert ratings_of(store, turn)[1] == Rating(Thumb.DOWN)


def test_only_a_reply_that_is_there_can_be_rated(store):
    turn = say(store, "一")
    for missing in (turn.prompt_id, 4711):
        with pytest.raises(ConversationGone):
            store.ratings.rate(missing, Thumb.UP)
    store.conversations.delete(turn.conversation_id)
    with pytest.raises(ConversationGone):
        store.ratings.rate(turn.reply_message_id, Thumb.UP)


def test_a_word_that_is_none_is_refused_and_the_one_before_stays(store):
    turn = say(store, "一")
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    store.ratings.explain(turn.reply_message_id, "好" * LONGEST_WORD)
    with pytest.raises(PlaygroundError, match="at most 500 characters"):
        store.ratings.explain(turn.reply_message_id, "好" * (LONGEST_WORD + 1))
    assert ratings_of(store, turn)[1].word == "好" * LONGEST_WORD


def test_what_was_echoed_is_kept_as_far_as_it_was_said(store):
    turn = say(store, "一", end=replace(outcome(), echoed=ECHOED))
    assert store.replies.echoed(turn.reply_id) == ECHOED
    assert store.replies.echoed(say(store, "二").reply_id) is None
    assert store.replies.echoed("nobody") is None


def test_a_deleted_conversation_leaves_neither_word_nor_echo(store, tmp_path):
    turn = say(store, "一", end=replace(outcome(), echoed=Echoed(id="秘密-4711")))
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    store.ratings.explain(turn.reply_message_id, "秘密-4711")
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(timedelta(0))
    assert not any("秘密-4711".encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_a_file_of_the_schema_before_goes_on(tmp_path):
    path = tmp_path / "playground.db"
    before = [migration for migration in MIGRATIONS if migration.__name__ < "m007"]
    with closing(Store(path, before)):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            INSERT INTO conversations (id, activity, created_at, updated_at, title, connection, model, parameters)
                VALUES ('a', 1, '', '2026-11-01T08:00:00.000000+00:00', '早', '家', '甲', '{}');
            INSERT INTO messages (id, conversation_id, parent_id, role, created_at, text) VALUES
                (1, 'a', NULL, 'user', '2026-11-01T08:00:00.000000+00:00', '早上好'),
                (2, 'a', 1, 'assistant', '2026-11-01T08:00:00.000000+00:00', '您好');
            INSERT INTO replies (id, message_id, connection, model, status, started_at, parameters, cost_provenance)
                VALUES ('r', 2, '家', '甲', 'complete', '2026-11-01T08:00:00.000000+00:00', '{}', 'unpriced');
            UPDATE conversations SET leaf_id = 2;
        """)
    with closing(Store(path)) as store:
        assert store.replies.echoed("r") is None
        store.ratings.rate(2, Thumb.UP)
        prompt, message = store.messages.path("a")
        assert (prompt.text, message.text, message.rating) == ("早上好", "您好", Rating(Thumb.UP))
