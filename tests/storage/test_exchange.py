"""Whole conversations as plain values: nothing of them is left out, and what comes in is what went out."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm.types import Settings, Status
from storage.chats.labels import MOST_PINNED
from storage.compact import ids_in
from storage.exchange.checking import Malformed, check
from storage.exchange.schema import CONVERSATION, PARTS, Kind
from storage.experiments.rerun_records import Way
from storage.file.migrations import MIGRATIONS
from storage.records import Thumb
from storage.store import Store
from tests.storage.samples import FAILED, SENT, SETTINGS, outcome, say, texts

# Of each table what is the file's own business: numbers of rows, places, purposes, deletions.
FILES_OWN = {
    "conversations": {"activity", "purpose", "deleted_at"},
    "messages": {"conversation_id"},
    "replies": {"sequence", "imported"},
    "ratings": set(),
    "moments": {"conversation_id"},
    "conversation_tags": {"conversation_id"},
    "reruns": {"sequence", "conversation_id"},
    "rerun_turns": set(),
    "rerun_replies": set(),
}
# What belongs to experiments and comparisons, or to no conversation.
ELSEWHERE = {"experiments", "runs", "comparisons", "comparison_conversations", "votes", "preferences"}
HARD = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    ["\0", "\ud83d", "你好 👩‍👧", "=1+1"]
)


@pytest.fixture
def other(tmp_path):
    with closing(Store(tmp_path / "other" / "playground.db")) as store:
        yield store


def conversation(store, text="你好 👩‍👧\0"):
    """A conversation with a row in every table: a branch, a continuation, a failure, a request, a replay, labels."""
    turn = say(store, text)
    store.conversations.rename(turn.conversation_id, f"标题 {text}")
    again = store.replies.begin_again(turn.reply_message_id, SETTINGS)
    sent = replace(SENT, message_ids=(turn.prompt_id, turn.reply_message_id))
    store.replies.record_request(again.reply_id, sent)
    store.replies.finish(again.reply_id, f"半 {text}", text, outcome(Status.STOPPED))
    more = store.replies.begin_continuation(again.reply_id, SETTINGS)
    store.replies.finish(more.reply_id, f"半 {text} 完", "", outcome(reported=None, cost=None, provenance="unpriced"))
    say(store, text, "", turn.conversation_id, end=outcome(Status.FAILED, failure=FAILED, request_id=text))
    store.messages.show_sibling(turn.reply_message_id, 0)
    store.moments.pin(turn.reply_message_id)
    store.moments.describe(turn.reply_message_id, text)
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    store.ratings.explain(turn.reply_message_id, text)
    store.labels.set_tags(turn.conversation_id, ["标签", "tag"])
    rerun_id = store.reruns.create(turn.conversation_id, Way.OWN, Settings("家", "另一个"))
    asked = store.reruns.begin(rerun_id, 0)
    store.replies.finish(asked.reply_id, text, "", outcome(cost="0.5"))
    return turn.conversation_id


def move(store, other):
    """Everything from one store into another, by way of JSON."""
    records = [json.loads(json.dumps(record)) for record in store.exchange.records(store.exchange.ids())]
    arrival = other.exchange.arrival()
    arrival.take([check(record) for record in records])
    arrival.finish()
    return records


def content(store):
    """Every table, with the numbers of messages counted from 1 within a conversation."""
    found = []
    for record in store.exchange.records(store.exchange.ids()):
        numbers = {message["id"]: place for place, message in enumerate(record["messages"], start=1)}
        found.append(_numbered(CONVERSATION, record, numbers))
        found += [(t.name, [_numbered(t, row, numbers) for row in record[t.name]]) for t in PARTS]
    return found


def _numbered(table, row, numbers):
    kinds = {column.name: column.kind for column in table.columns}
    return {name: _value(kinds[name], value, numbers) for name, value in row.items() if name in kinds}


def _value(kind, value, numbers):
    if kind is Kind.CONTEXT and value is not None:
        return [numbers[id_] for id_ in ids_in(value)]
    return numbers.get(value, value) if kind in (Kind.MESSAGE, Kind.ELSEWHERE) else value


def test_every_column_of_every_table_goes_out(store, tmp_path):
    exported = {table.name: {column.name for column in table.columns} for table in (CONVERSATION, *PARTS)}
    with closing(sqlite3.connect(tmp_path / "playground.db")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        ours = {name for name in tables if not name.startswith(("sqlite_", "_sqlite", "message_words", "title_words"))}
        assert ours - ELSEWHERE == set(exported)
        for name, columns in exported.items():
            stored = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            assert stored == columns | FILES_OWN[name]


def test_what_comes_in_is_what_went_out_table_by_table(store, other):
    conversation(store)
    conversation(store, "第二 second")
    move(store, other)
    assert content(other) == content(store)
    tables = [rows for _, rows in (pair for pair in content(other) if isinstance(pair, tuple))]
    assert len(tables) == 2 * len(PARTS)
    assert all(tables), "of each table something is compared"
    assert other.exchange.ids() == store.exchange.ids()


def test_a_replay_is_one_where_it_came_in_too(store, other):
    id_ = conversation(store)
    move(store, other)
    [there], [here] = store.reruns.of(id_), other.reruns.of(id_)
    assert other.reruns.spent(here.id) == store.reruns.spent(there.id)
    assert other.reruns.spent(here.id).cost == Decimal("0.5")
    assert other.replies.last_model("家") is None


def test_a_reply_of_which_nobody_says_what_it_was_for_is_the_chats(store, other):
    record = store.exchange.record(say(store, "问").conversation_id)
    del record["replies"][0]["purpose"]
    other.exchange.arrival().take([check(record)])
    assert other.replies.last_model(SETTINGS.connection) == SETTINGS.model


def test_what_was_spent_elsewhere_counts_in_its_conversation_and_in_no_day(store, other):
    id_ = conversation(store)
    began = datetime(1990, 1, 1, tzinfo=UTC)
    other.replies.spending(None, began, began)
    move(store, other)
    for _ in range(2):
        spent = other.replies.spending(id_, began, began)
        assert spent.conversation == store.conversations.spent(id_).cost > 0
        assert spent.day == spent.month == 0
    say(other, "这里的", conversation_id=id_, end=outcome(cost="2"))
    assert other.replies.spending(id_, began, began).day == 2
    with closing(Store(other._file.path)) as anew:
        assert anew.replies.spending(id_, began, began).month == 2


def test_a_number_that_two_messages_have_makes_nobody_an_original(store, other):
    records = [store.exchange.record(say(store, text).conversation_id) for text in ("一", "二", "三")]
    first, same, copy = json.loads(json.dumps(records))
    taken = first["messages"][0]["id"]
    same["messages"][0]["id"] = same["messages"][1]["parent_id"] = taken
    copy["messages"][0]["copied_from"], copy["messages"][1]["copied_from"] = taken, first["messages"][1]["id"]
    arrival = other.exchange.arrival()
    for record in (copy, first, same):
        arrival.take([check(record)])
    arrival.finish()
    [prompt, reply] = other.exchange.record(copy["id"])["messages"]
    assert prompt["copied_from"] is None
    assert reply["copied_from"] == other.exchange.record(first["id"])["messages"][1]["id"]


@settings(max_examples=10)
@given(HARD)
def test_any_text_comes_back(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("texts")
    with closing(Store(folder / "a.db")) as store, closing(Store(folder / "b.db")) as other:
        conversation(store, text)
        move(store, other)
        assert content(other) == content(store)


def test_the_same_conversation_does_not_come_in_twice_whatever_came_since(store, other):
    id_ = conversation(store)
    [record] = move(store, other)
    arrival = other.exchange.arrival()
    assert arrival.knows(record)
    say(other, "后来", conversation_id=id_)
    other.conversations.rename(id_, "别的")
    assert arrival.knows(record)
    say(store, "新的 new here", conversation_id=id_)
    assert not arrival.knows(store.exchange.record(id_)), "it has grown there"


def test_a_name_that_is_taken_by_something_else_is_given_anew_and_known_after_that(store, other):
    id_ = conversation(store)
    other_id = say(other, "别人的").conversation_id
    record = store.exchange.record(id_) | {"id": other_id}
    arrival = other.exchange.arrival()
    assert not arrival.knows(record)
    arrival.take([record])
    arrival.finish()
    assert texts(other, other_id) == ["别人的", "好的。"]
    assert len(other.exchange.ids()) == 2
    assert arrival.knows(record)


def test_what_was_deleted_for_good_comes_back_with_its_figures_counted_once(store):
    id_ = conversation(store)
    spent = store.conversations.spent(id_)
    record = json.loads(json.dumps(store.exchange.record(id_)))
    began = datetime(1990, 1, 1, tzinfo=UTC)
    day = store.replies.spending(None, began, began).day
    store.conversations.delete(id_)
    while not store.conversations.purge_deleted(timedelta(0)):
        pass
    arrival = store.exchange.arrival()
    assert not arrival.knows(record)
    whole = json.loads(json.dumps(record))
    for reply in record["replies"]:
        reply |= {"cost": "1000", "input_tokens": 9, "output_tokens": 9, "cached_tokens": 9, "reasoning_tokens": 9}
    arrival.take([check(record)])
    arrival.finish()
    with store._file.read() as connection:
        assert connection.execute("SELECT count(*) FROM replies").fetchone()[0] == len(record["replies"])
    assert store.conversations.spent(id_) == spent
    assert store.replies.spending(None, began, began).day == day > 0
    assert json.loads(json.dumps(store.exchange.record(id_)["replies"][0]["sent"])) == whole["replies"][0]["sent"]
    assert [reply["error_text"] for reply in store.exchange.record(id_)["replies"]] == [
        reply["error_text"] for reply in whole["replies"]
    ]


@pytest.mark.parametrize("table", PARTS, ids=lambda table: table.name)
def test_nothing_of_any_table_is_left_of_what_was_removed(store, table):
    conversation(store)
    store.conversations.delete(store.exchange.ids()[0])
    assert store.conversations.purge_deleted(timedelta(0))
    with store._file.read() as connection:
        condition = "message_id IS NOT NULL" if table.name == "replies" else "1"
        assert connection.execute(f"SELECT count(*) FROM {table.name} WHERE {condition}").fetchone()[0] == 0


def test_a_fork_knows_its_original_wherever_both_come_in(store, other):
    id_ = conversation(store)
    leaf = store.conversations.get(id_).leaf_id
    say(other, "先有的")  # so that numbers are others there
    store.conversations.fork(leaf)
    move(store, other)
    copied = [m["copied_from"] for i in other.exchange.ids() for m in other.exchange.record(i)["messages"]]
    originals = {m["id"] for m in other.exchange.record(id_)["messages"]}
    assert {c for c in copied if c} <= originals
    assert any(copied)


def test_what_still_streamed_there_is_interrupted_here(store, other):
    turn = store.replies.begin(None, "问", "标题", SETTINGS)
    store.replies.save_partial(turn.reply_id, "半", "")
    move(store, other)
    [_, message] = other.messages.path(turn.conversation_id)
    assert (message.text, message.reply.status) == ("半", Status.INTERRUPTED)


def test_conversations_take_their_places_by_time_and_the_order_of_those_here_stays(store, other):
    first, second = (say(store, text).conversation_id for text in ("一", "二"))
    here = say(other, "这里").conversation_id
    later = say(store, "三").conversation_id
    move(store, other)
    assert other.exchange.ids() == [first, second, here, later]
    say(other, "又", conversation_id=first)
    assert other.exchange.ids()[-1] == first


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.pop("title"),
        lambda r: r.update(id="../../etc/passwd"),
        lambda r: r.update(created_at="yesterday"),
        lambda r: r.update(updated_at="9999-12-31T23:59:59+00:00"),
        lambda r: r.update(parameters={"temperature": {}}),
        lambda r: r.update(parameters={"no_such": 1}),
        lambda r: r.update(leaf_id=10**9),
        lambda r: r.update(leaf_id=None),
        lambda r: r["messages"][0].update(role="system"),
        lambda r: r["messages"][0].update(id=True),
        lambda r: r["messages"][0].update(parent_id=r["messages"][-1]["id"]),
        lambda r: r["messages"][1].update(id=r["messages"][0]["id"]),
        lambda r: r["replies"][0].update(status="dreaming"),
        lambda r: r["replies"][0].update(cost="NaN"),
        lambda r: r["replies"][0].update(duration_seconds=float("inf")),
        lambda r: r["replies"][0].update(estimated_input_tokens=2**70),
        lambda r: r["replies"][0].update(estimated_output_tokens=None),
        lambda r: r["replies"][0].update(message_id=r["messages"][0]["id"]),
        lambda r: r["replies"][0].update(text_start=10**6),
        lambda r: r["replies"][0].update(chunk_times=[[1], []]),
        lambda r: r["replies"][1].update(context_ids="1-999999999999"),
        lambda r: r["replies"][1].update(sent={"body": []}),
        lambda r: r["replies"][0].update(echoed={"no_such": "x"}),
        lambda r: r["replies"][0].update(echoed={"model": 1}),
        lambda r: r["replies"][0].update(echoed={"created": 10**18}),
        lambda r: r["replies"][0].update(echoed={"created": 0}),
        lambda r: r["replies"][0].update(purpose="experiment"),
        lambda r: r["replies"].append(r["replies"][0]),
        lambda r: r.update(moments={}),
        lambda r: r.update(conversation_tags=[{"tag": "长" * 31}]),
        lambda r: r.update(conversation_tags=[{"tag": str(n)} for n in range(11)]),
        lambda r: r.update(messages=[1]),
    ],
)
def test_what_could_break_a_page_is_malformed(store, change):
    record = json.loads(json.dumps(store.exchange.record(conversation(store))))
    assert check(json.loads(json.dumps(record)))
    change(record)
    with pytest.raises(Malformed):
        check(record)


def test_no_more_come_in_pinned_than_can_stand_above_the_others(store, other):
    moment = store.exchange.record(conversation(store))["created_at"]
    records = [store.exchange.record(conversation(store, str(n))) | {"pinned_at": moment} for n in range(25)]
    other.exchange.arrival().take([check(record) for record in records])
    pinned = [other.exchange.record(id_)["pinned_at"] for id_ in other.exchange.ids()]
    assert len([one for one in pinned if one]) == MOST_PINNED


def test_a_file_of_the_schema_before_can_be_exported(tmp_path):
    before = tuple(m for m in MIGRATIONS if m.__name__ < "m010")
    with closing(Store(tmp_path / "a.db", before)):
        pass
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute(
            "INSERT INTO conversations (id, activity, created_at, updated_at, connection, model, title, parameters) "
            "VALUES ('b2', 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '', '', '旧的', '{}')"
        )
        connection.execute("INSERT INTO messages VALUES (1, 'b2', NULL, 'user', '2026-01-01', '你好', NULL)")
        connection.execute("UPDATE conversations SET leaf_id = 1")
        connection.commit()
    with closing(Store(tmp_path / "a.db")) as store:
        [record] = store.exchange.records(store.exchange.ids())
        assert (record["source"], record["title"], record["messages"][0]["text"]) == (None, "旧的", "你好")


def test_all_of_some_or_none_come_in(store, other):
    good, bad = (store.exchange.record(conversation(store, text)) for text in ("好", "坏"))
    bad["replies"][0]["message_id"] = 10**9
    with pytest.raises(KeyError):
        other.exchange.arrival().take([good, bad])
    assert other.exchange.ids() == []
    assert other.conversations.recent(5) == []


def test_what_comes_in_can_be_found(store, other):
    conversation(store, "烤面包机")
    move(store, other)
    counts = "SELECT count(*) FROM message_words"
    with store._file.read() as there, other._file.read() as here:
        assert here.execute(counts).fetchone() == there.execute(counts).fetchone()


def test_records_hold_what_json_can_hold(store):
    record = store.exchange.record(conversation(store))
    assert json.loads(json.dumps(record)) == record
    assert isinstance(record["replies"][1]["sent"], dict)
