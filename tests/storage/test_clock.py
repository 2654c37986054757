"""A clock that was set back two days misplaces nothing: what counts is the order in which things were stored."""

import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from llm.types import Settings
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, say_again
from tests.torture import SEED

STAMPS = {
    "conversations": ("created_at", "updated_at"),
    "messages": ("created_at",),
    "replies": ("started_at", "ended_at"),
}


def set_back_the_clock(path):
    """Everything stored so far was stored in two days, as the clock has it now."""
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("later", 1, in_two_days)
        for table, columns in STAMPS.items():
            for column in columns:
                connection.execute(f"UPDATE {table} SET {column} = later({column})")
        connection.commit()


def in_two_days(stamp):
    return stamp and (datetime.fromisoformat(stamp) + timedelta(days=2)).isoformat(timespec="microseconds")


def act(store, draw, turns, number):
    """One more turn: in a new conversation, below an old one, beside it, or going on with it."""
    settings, old = Settings("家", f"模型{number}"), draw.choice(turns) if turns else None
    what = draw.choice(["new", "below", "beside", "go on"]) if old else "new"
    if what == "new":
        turns.append(say(store, f"问{number}", f"答{number}", settings=settings))
        return turns[-1]
    if what == "below":
        turn = say(store, f"问{number}", f"答{number}", old.conversation_id, settings)
    elif what == "beside":
        turn = store.replies.begin_again(old.reply_message_id, settings)
        store.replies.finish(turn.reply_id, f"答{number}", "", outcome())
    else:
        turn = store.replies.begin_continuation(old.reply_id, settings)
        store.replies.finish(turn.reply_id, f"{turn.text}答{number}", "", outcome())
    turns[turns.index(old)] = turn
    return turn


def test_nothing_is_misplaced_though_the_clock_is_set_back_again_and_again(store, tmp_path):
    draw, turns, newest = random.Random(SEED), [], []
    for number in range(60):
        if number % 7 == 0:
            set_back_the_clock(tmp_path / "playground.db")
        turn = act(store, draw, turns, number)
        newest = [turn.conversation_id, *(id_ for id_ in newest if id_ != turn.conversation_id)]
        assert [entry.id for entry in store.conversations.recent(99)] == newest
        assert store.replies.last_model("家") == f"模型{number}"
        shown = store.messages.path(turn.conversation_id)
        assert [message.id for message in shown] == sorted(message.id for message in shown)
        assert shown[-1].text.endswith(f"答{number}")
        assert (shown[-1].reply.id, shown[-1].sibling) == (turn.reply_id, shown[-1].siblings)


def test_the_order_is_the_same_after_a_restart(store, tmp_path):
    first = say(store, "一", "甲")
    again = say_again(store, first, "乙")
    set_back_the_clock(tmp_path / "playground.db")
    further = store.replies.begin_continuation(again.reply_id, SETTINGS)
    store.replies.finish(further.reply_id, "乙丙", "", outcome())
    other = say(store, "二")
    with closing(Store(tmp_path / "playground.db")) as reopened:
        listed = [entry.id for entry in reopened.conversations.recent(9)]
        assert listed == [other.conversation_id, first.conversation_id]
        message = reopened.messages.path(first.conversation_id)[-1]
        assert [reply.id for reply in message.replies] == [again.reply_id, further.reply_id]
        assert message.text == "乙丙"
