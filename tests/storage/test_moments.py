"""Moments: what is pinned is presented in its order, with its caption, and goes with its conversation."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from storage.chats.moments import Moment, PresentedTurn
from storage.errors import ConversationGone
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, say_again

CAPTION = "天空 — a first try"


def captions(store, conversation_id):
    return [moment.caption for moment in store.moments.of(conversation_id)]


def pinned(store, count=3):
    """A conversation whose replies are moments, captioned a, b, c …"""
    turns = [say(store, "一")]
    while len(turns) < count:
        turns.append(say(store, "又", conversation_id=turns[0].conversation_id))
    for turn, caption in zip(turns, "abcdefgh", strict=False):
        store.moments.pin(turn.reply_message_id)
        store.moments.describe(turn.reply_message_id, caption)
    return turns


def test_a_message_is_pinned_with_a_caption_and_once(store):
    turn = say(store, "为什么天是蓝的？", "因为散射。")
    store.moments.pin(turn.reply_message_id)
    store.moments.describe(turn.reply_message_id, CAPTION)
    store.moments.pin(turn.reply_message_id)
    assert store.moments.of(turn.conversation_id) == [Moment(turn.reply_message_id, "assistant", "因为散射。", CAPTION)]
    prompt, reply = store.messages.path(turn.conversation_id)
    assert (prompt.moment, reply.moment) == (None, CAPTION)
    assert store.messages.find(reply.id) == reply
    store.moments.unpin(turn.reply_message_id)
    assert store.moments.of(turn.conversation_id) == []
    assert store.messages.find(10**9) is None


def test_moments_change_places_and_go_no_further_than_the_ends(store):
    first, _, third = pinned(store)
    id_ = first.conversation_id
    store.moments.move(third.reply_message_id, -1)
    assert captions(store, id_) == ["a", "c", "b"]
    store.moments.move(first.reply_message_id, -1)
    store.moments.move(first.reply_message_id, 1)
    assert captions(store, id_) == ["c", "a", "b"]
    store.moments.move(third.reply_message_id, -1)
    assert captions(store, id_) == ["c", "a", "b"]


def test_a_presentation_shows_a_reply_with_its_prompt_and_a_prompt_with_a_reply_that_has_words(store):
    turn = say(store, "问", "答")
    again = say_again(store, turn, "")
    store.moments.pin(again.reply_message_id)
    store.moments.pin(turn.prompt_id)
    assert store.moments.turns(turn.conversation_id) == [
        PresentedTurn(turn.prompt_id, again.reply_message_id),
        PresentedTurn(turn.prompt_id, turn.reply_message_id),
    ]


def test_without_moments_the_open_branch_is_shown(store):
    first = say(store, "一")
    second = say(store, "二", conversation_id=first.conversation_id)
    again = say_again(store, second)
    assert store.moments.turns(first.conversation_id) == [
        PresentedTurn(first.prompt_id, first.reply_message_id),
        PresentedTurn(second.prompt_id, again.reply_message_id),
    ]
    assert store.moments.turns("没有") == []


def test_a_prompt_is_asked_again_aside_while_the_open_branch_stays_open_and_goes_on(store):
    first = say(store, "一")
    second = say(store, "二", conversation_id=first.conversation_id)
    before = [message.id for message in store.messages.path(first.conversation_id)]
    aside = store.replies.begin_aside(first.prompt_id, SETTINGS)
    assert aside.aside
    assert [message.id for message in store.messages.path(first.conversation_id)] == before
    say(store, "三", conversation_id=first.conversation_id)
    assert store.replies.finish(aside.reply_id, "又", "", outcome())
    assert store.messages.find(aside.reply_message_id).sibling == 2
    with pytest.raises(ConversationGone):
        store.replies.begin_aside(second.reply_message_id, SETTINGS)


def test_what_is_gone_can_be_neither_pinned_nor_shown(store):
    turn = say(store, "走")
    store.moments.pin(turn.reply_message_id)
    store.conversations.delete(turn.conversation_id)
    assert store.moments.of(turn.conversation_id) == store.moments.turns(turn.conversation_id) == []
    for change in (
        store.moments.pin,
        lambda id_: store.moments.describe(id_, "x"),
        lambda id_: store.moments.move(id_, 1),
    ):
        with pytest.raises(ConversationGone):
            change(turn.prompt_id)


def test_a_deleted_conversation_takes_its_captions_along(tmp_path):
    path = tmp_path / "playground.db"
    with closing(Store(path)) as store:
        turn = say(store, "走")
        store.moments.pin(turn.reply_message_id)
        store.moments.describe(turn.reply_message_id, CAPTION)
        assert CAPTION.encode() in path.with_name("playground.db-wal").read_bytes() + path.read_bytes()
        store.conversations.delete(turn.conversation_id)
        assert store.conversations.purge_deleted(timedelta(0))
        assert [file for file in tmp_path.iterdir() if CAPTION.encode() in file.read_bytes()] == []


def test_a_file_without_moments_is_upgraded(tmp_path):
    before = [migration for migration in MIGRATIONS if migration.__name__ < "m008"]
    path = tmp_path / "playground.db"
    Store(path, before).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            INSERT INTO conversations (id, activity, created_at, updated_at, title, connection, model, parameters)
                VALUES ('a1', 1, '2026-11-01', '2026-11-01', '早', '家', '甲', '{}');
            INSERT INTO messages (id, conversation_id, role, created_at, text)
                VALUES (1, 'a1', 'user', '2026-11-01', '你好');
            UPDATE conversations SET leaf_id = 1;
        """)
    with closing(Store(path)) as store:
        assert store.messages.path("a1")[0].moment is None
        store.moments.pin(1)
        assert store.moments.turns("a1") == [PresentedTurn(1, None)]
