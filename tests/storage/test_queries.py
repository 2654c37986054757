"""Work stays the same however much is stored: every query by index, a constant number of them."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from llm.types import Status
from storage.experiments.records import RunId
from storage.records import Thumb
from storage.store import Store
from tests.storage.samples import SENT, SETTINGS, outcome, run, say, say_again

LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
SCAN = re.compile(
    r"SCAN (conversations|messages|replies|comparisons|comparison_conversations|votes|runs|c|m|r|s|u|e|k|v|other)\b"
    r"(?! USING INDEX comparisons_shown)"  # a list from its end, no further than it is shown
)


@pytest.fixture
def seen(store):
    """What the store's connections execute from here on, values filled in."""
    statements = []
    with store._file.read() as reader, store._file.write() as writer:
        reader.set_trace_callback(statements.append)
        writer.conn.set_trace_callback(statements.append)
    statements.clear()
    return statements


def use_everything(store):
    turn = say(store, "一")
    again = say_again(store, turn)
    store.messages.show_sibling(again.reply_message_id, -1)
    streaming = store.replies.begin(turn.conversation_id, "二", "标题", SETTINGS)
    store.replies.record_request(streaming.reply_id, SENT)
    store.replies.save_partial(streaming.reply_id, "半", "")
    store.replies.interrupt_streaming()
    store.replies.begin_continuation(streaming.reply_id, SETTINGS)
    store.replies.interrupt_streaming()
    store.replies.spending(turn.conversation_id, LONG_AGO, LONG_AGO)
    store.preferences.save(store.preferences.get())
    store.replies.last_model(SETTINGS.connection)
    store.replies.lately(SETTINGS.connection, SETTINGS.model)
    store.replies.chunk_times(turn.reply_id)
    store.messages.path(turn.conversation_id)
    store.messages.path(turn.conversation_id, 2)
    store.messages.count(turn.conversation_id)
    use_tree(store, turn)
    history = store.messages.context(streaming.prompt_id)
    assert len(history) == len(list(reversed(history)))
    store.conversations.recent(5)
    store.conversations.recent(5, before=3)
    store.conversations.get(turn.conversation_id)
    store.conversations.rename(turn.conversation_id, "新")
    store.conversations.save_settings(turn.conversation_id, SETTINGS)
    store.conversations.spent(turn.conversation_id)
    use_comparisons(store, turn.reply_message_id)
    use_moments(store, turn)
    use_recipes(store, turn)
    store.conversations.delete(turn.conversation_id)
    store.conversations.restore(turn.conversation_id)
    store.conversations.delete(turn.conversation_id)
    use_experiments(store)
    store.conversations.purge_deleted(timedelta(0))


def use_recipes(store, turn):
    for message in store.messages.path(turn.conversation_id):
        for reply in message.replies:
            store.recipes.messages_of(reply)
            store.replies.echoed(reply.id)
    store.ratings.rate(turn.reply_message_id, Thumb.UP)
    store.ratings.explain(turn.reply_message_id, "好")
    store.ratings.take_back(turn.reply_message_id)


def use_moments(store, turn):
    store.moments.turns(turn.conversation_id)
    for message_id in (turn.prompt_id, turn.reply_message_id):
        store.moments.pin(message_id)
    store.moments.describe(turn.prompt_id, "说")
    store.moments.move(turn.prompt_id, 1)
    store.moments.of(turn.conversation_id)
    store.moments.turns(turn.conversation_id)
    store.messages.find(turn.prompt_id)
    store.moments.unpin(turn.prompt_id)


def use_tree(store, turn):
    store.replies.interrupt_streaming()
    leaf = store.conversations.get(turn.conversation_id).leaf_id
    edited = store.replies.begin_edited(turn.prompt_id, "改", SETTINGS, leaf)
    store.replies.finish(edited.reply_id, "好", "", outcome())
    store.messages.after(turn.conversation_id, edited.prompt_id)
    store.messages.path(turn.conversation_id, 2, edited.prompt_id)
    store.messages.tree(turn.conversation_id)
    store.messages.beginnings([edited.prompt_id, edited.reply_message_id], 9)
    store.conversations.fork(edited.reply_message_id)
    store.messages.open_at(turn.conversation_id, leaf)


def use_experiments(store):
    one, other = (store.experiments.create("试", "{}") for _ in range(2))
    run(store, one, "a", end=outcome(Status.FAILED))
    run(store, one, "a")
    run(store, one, "a", judges=True)
    store.runs.recorded(["a"])
    store.runs.adopt(other, [RunId("a", 0)])
    store.runs.of(one)
    store.runs.newest(one, 5)
    store.runs.texts(one)
    store.runs.texts(one, "a")
    store.runs.texts_of(run.reply_id for run in store.runs.of(one))
    store.runs.spent(one, judges=False)
    store.experiments.recent(5)
    store.experiments.get(one)
    store.experiments.rename(one, "新")
    store.experiments.delete(other)
    store.experiments.restore(other)
    store.experiments.delete(one)
    store.experiments.recently_deleted(timedelta(days=1))


def use_comparisons(store, source):
    comparison = store.comparisons.create("试", (SETTINGS, SETTINGS), 2, True, source)
    for _, turn in store.comparisons.begin_turn(comparison.id, "问"):
        store.replies.finish(turn.reply_id, "答", "", outcome())
    store.comparisons.copy_to_chat(comparison.conversations[0][0], "聊")
    store.votes.cast(comparison.id, 0, 0, "A")
    store.votes.of(comparison.id)
    store.comparisons.reveal(comparison.id)
    store.comparisons.rename(comparison.id, "新")
    store.comparisons.get(comparison.id)
    store.comparisons.recent(5)
    store.comparisons.delete(comparison.id)
    store.comparisons.restore(comparison.id)
    store.comparisons.delete(comparison.id)
    store.comparisons.recently_deleted(timedelta(days=1))


def test_every_query_finds_its_rows_by_an_index(store, seen, tmp_path):
    use_everything(store)
    with closing(sqlite3.connect(tmp_path / "playground.db")) as connection:
        ours = {
            s
            for s in seen
            if re.search(
                r"\b(conversations|messages|replies|experiments|runs|comparisons|comparison_conversations|votes)\b", s
            )
            and not s.startswith("--")
        }
        plans = {s: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {s}")] for s in ours if " " in s}
    asked = [steps for statement, steps in plans.items() if steps and "sqlite_" not in statement]
    assert len(asked) > 25
    assert [steps for steps in asked if any(SCAN.match(step) for step in steps)] == []


def test_every_reference_has_an_index_so_that_removing_a_row_searches_nothing(store, tmp_path):
    with closing(sqlite3.connect(tmp_path / "playground.db")) as connection:
        for table in ("conversations", "messages", "replies", "runs", "comparison_conversations", "votes"):
            referring = {row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
            indexes = [row[1] for row in connection.execute(f"PRAGMA index_list({table})")]
            leading = {connection.execute(f"PRAGMA index_info({index})").fetchone()[2] for index in indexes}
            assert referring
            assert referring <= leading


def test_the_list_and_the_path_need_no_sorting_of_the_whole(store, seen, tmp_path):
    say(store, "一")
    seen.clear()
    store.conversations.recent(5)
    store.replies.last_model(SETTINGS.connection)
    with closing(sqlite3.connect(tmp_path / "playground.db")) as connection:
        plans = [row[3] for s in seen if "SELECT" in s for row in connection.execute(f"EXPLAIN QUERY PLAN {s}")]
    assert any("conversations_shown" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans)


@pytest.mark.parametrize("turns", [1, 30])
def test_a_screen_takes_the_same_few_queries_whatever_its_length(store, seen, turns):
    conversation = say(store, "一").conversation_id
    for _ in range(turns - 1):
        say(store, "又", conversation_id=conversation)
    leaf = store.conversations.get(conversation).leaf_id
    seen.clear()
    assert len(store.messages.path(conversation)) == turns * 2
    assert len(store.messages.context(leaf)) == turns * 2
    assert store.conversations.spent(conversation).replies == turns
    assert sum("SELECT" in statement for statement in seen) == 4


def steps_of(store, action):
    """How many instructions SQLite executes for it."""
    steps = 0

    def count():
        nonlocal steps
        steps += 1

    with store._file.read() as reader:
        reader.set_progress_handler(count, 1)
    action()
    with store._file.read() as reader:
        reader.set_progress_handler(None, 0)
    return steps


def test_a_look_costs_the_same_however_long_the_conversation(store):
    """What is drawn, what is sent of it and what was spent: none grows with the conversation."""
    conversation = say(store, "一").conversation_id

    def looks():
        leaf = store.conversations.get(conversation).leaf_id
        return {
            "drawn": lambda: store.messages.path(conversation, 4),
            "sent": lambda: list(islice(reversed(store.messages.context(leaf)), 4)),
            "spent": lambda: store.conversations.spent(conversation),
            "budget": lambda: store.replies.spending(conversation, LONG_AGO, LONG_AGO),
            "listed": lambda: store.conversations.recent(21),
        }

    steps = []
    for turns in (60, 200):
        for _ in range(turns):
            say(store, "又", conversation_id=conversation)
        for look in looks().values():
            look()  # what had ended by then is summed once
        steps.append({name: steps_of(store, look) for name, look in looks().items()})
    few, many = steps
    assert all(few[name] > 5 for name in few)
    assert {name: many[name] for name in many if many[name] > few[name] * 1.1} == {}, few


def test_a_look_at_a_models_last_replies_costs_the_same_however_many_there_are(store):
    conversation = say(store, "始").conversation_id
    steps = []
    for turns in (60, 200):
        for _ in range(turns):
            say(store, "又", conversation_id=conversation)
        steps.append(steps_of(store, lambda: store.replies.lately(SETTINGS.connection, SETTINGS.model, 20)))
    assert 20 < steps[1] < steps[0] * 1.1


def test_a_look_at_the_newest_runs_costs_the_same_however_many_there_are(store):
    experiment = store.experiments.create("试", "{}")
    steps = []
    for part, repetitions in (("a", 60), ("b", 200)):
        for repetition in range(repetitions):
            run(store, experiment, part, repetition)
        steps.append(steps_of(store, lambda: store.runs.newest(experiment, 12)))
    assert 20 < steps[1] < steps[0] * 1.1


def test_chunk_times_and_texts_are_read_only_where_they_are_asked_for(store, seen):
    turn = say(store, "一")
    seen.clear()
    store.messages.path(turn.conversation_id)
    store.conversations.recent(5)
    store.conversations.spent(turn.conversation_id)
    assert seen
    assert not any("chunk_times" in statement for statement in seen)
    assert not any(re.search(r"\btext\b", statement) for statement in seen if "branch" not in statement)


def test_a_conversation_of_thousands_of_messages_is_no_deep_recursion(tmp_path):
    store = Store(tmp_path / "long.db")
    turn = say(store, "始")
    with store._file.write() as database:
        rows = (
            {
                "conversation_id": turn.conversation_id,
                "parent_id": id_ - 1,
                "role": role,
                "created_at": "",
                "text": "字",
            }
            for id_, role in zip(range(3, 5001), ["user", "assistant"] * 2499, strict=True)
        )
        database.table("messages").insert_all(rows)
        database.execute("UPDATE conversations SET leaf_id = 5000")
    assert store.messages.count(turn.conversation_id) == 5000
    assert len(store.messages.context(5000)) == 5000
    store.messages.show_sibling(turn.prompt_id, 0)
    assert store.conversations.get(turn.conversation_id).leaf_id == 5000
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(timedelta(0))
    store.close()
