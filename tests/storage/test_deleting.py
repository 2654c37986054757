"""Deleting: once the undo has passed the text is nowhere, what it cost is kept."""

import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from llm.types import Failure, Parameters, Provenance, Sent, Settings, Status, Usage
from storage.errors import ConversationGone
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.playground import wait_until
from tests.storage.children import run_without_rights
from tests.storage.first_schema import first_schema_file
from tests.storage.samples import SETTINGS, outcome, say, say_again, texts

NOW = timedelta(0)
SECRET = "秘密-4711"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "playground.db"


def m998_one_more_column(database):
    database.execute("ALTER TABLE messages ADD COLUMN note TEXT")


def say_secret(store):
    """A conversation with the secret wherever there can be text: branches, seams, errors, settings, the title."""
    settings = Settings("家", "甲", Parameters(system_prompt=SECRET, stop_sequences=(SECRET,)))
    turn = store.replies.begin(None, f"{SECRET} prompt " * 500, SECRET, settings)
    sent = Sent({"stop": SECRET}, (1,), SECRET, ((SECRET, SECRET),), SECRET)
    store.replies.record_request(turn.reply_id, sent)
    store.replies.save_partial(turn.reply_id, f"{SECRET} half", SECRET)
    failure = Failure("quota", SECRET, f"{SECRET} detail " * 500)
    end = outcome(Status.FAILED, Usage(1237, 311), "0.5", Provenance.REPORTED, failure=failure, request_id=SECRET)
    store.replies.finish(turn.reply_id, f"{SECRET} reply " * 500, f"{SECRET} thought " * 500, end)
    further = store.replies.begin_continuation(turn.reply_id, settings)
    store.replies.finish(further.reply_id, f"{SECRET} rest " * 500, SECRET, outcome())
    say_again(store, turn, SECRET)
    return turn


def files_with(folder, text=SECRET):
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes())


def copies_of(path):
    return sorted(file for file in path.parent.iterdir() if ".backup-" in file.name)


def test_not_one_byte_of_the_text_is_left_and_every_figure_is(store, path):
    turn = say_secret(store)
    assert files_with(path.parent) == ["playground.db-wal"]
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(NOW)
    assert files_with(path.parent) == []
    assert store.replies.last_model("家") == "甲"
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        figures = "model, status, input_tokens, output_tokens, cost, cost_provenance, duration_seconds"
        first, *others = connection.execute(f"SELECT {figures} FROM replies")
        assert first == ("甲", "failed", 1237, 311, "0.5", "reported", 1.5)
        assert len(others) == 2
        texts_of = "sent, context_ids, request_hash, request_id, error_text, error_detail, parameters, chunk_times"
        assert set(connection.execute(f"SELECT {texts_of}, text_start FROM replies")) == {(*(None,) * 8, 0)}
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM conversations").fetchone() == (0,)


def test_the_text_is_gone_from_every_backup_and_all_else_is_still_in_them(path):
    with closing(Store(path)) as store:
        turn, other = say_secret(store), say(store, "留下的")
    for count in range(1, 3):
        later = [lambda database: None for _ in range(count)]
        for number, migration in enumerate(later):
            migration.__name__ = f"m99{number}"
        Store(path, (*MIGRATIONS, *later)).close()
    assert files_with(path.parent) == [path.name, *(copy.name for copy in copies_of(path))]
    with closing(Store(path, (*MIGRATIONS, *later))) as store:
        store.conversations.delete(turn.conversation_id)
        assert store.conversations.purge_deleted(NOW)
    assert files_with(path.parent) == []
    backups = copies_of(path)
    assert len(backups) == 2
    path.write_bytes(backups[0].read_bytes())
    with closing(Store(path)) as restored:
        assert [entry.id for entry in restored.conversations.recent(9)] == [other.conversation_id]
        assert texts(restored, other.conversation_id) == ["留下的", "好的。"]
        assert restored.replies.spending(None, *[datetime(2000, 1, 1, tzinfo=UTC)] * 2).month > 0


def test_backups_of_the_first_and_of_a_later_schema_are_cleaned_too(path):
    first_schema_file(path)
    with closing(Store(path)) as store:
        turn = say_secret(store)
    with closing(Store(path, (*MIGRATIONS, m998_one_more_column))) as store:
        for conversation_id in ("b2", turn.conversation_id):
            store.conversations.delete(conversation_id)
        assert len(copies_of(path)) == 2
        assert store.conversations.purge_deleted(NOW)
        assert files_with(path.parent) == files_with(path.parent, "👩‍👧乙") == files_with(path.parent, "余额不足") == []
        assert len(files_with(path.parent, "你好")) == 3


def test_a_copy_that_a_killed_process_began_goes_too(store, path):
    turn = say_secret(store)
    unfinished = path.parent / "playground.db.copying.abc"
    unfinished.mkdir()
    (unfinished / "playground.db").write_text(SECRET)
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(NOW)
    assert files_with(path.parent) == []


def test_a_log_that_is_being_read_makes_it_wait(store, path):
    turn = say_secret(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM messages").fetchone() == (3,)
        store.conversations.delete(turn.conversation_id)
        assert not store.conversations.purge_deleted(NOW)
        assert texts(store, turn.conversation_id) == []
        with pytest.raises(ConversationGone):
            store.conversations.restore(turn.conversation_id)
        assert say(store, "别的"), "nobody else waits"
        reader.execute("COMMIT")
    assert store.conversations.purge_deleted(NOW)
    assert files_with(path.parent) == []


def test_a_backup_that_is_in_use_makes_it_wait(path):
    with closing(Store(path)) as store:
        turn = say_secret(store)
    with closing(Store(path, (*MIGRATIONS, m998_one_more_column))) as store:
        [backup] = copies_of(path)
        store.conversations.delete(turn.conversation_id)
        with closing(sqlite3.connect(backup, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not store.conversations.purge_deleted(NOW)
            other.execute("COMMIT")
        assert files_with(path.parent) == [backup.name]
        assert store.conversations.purge_deleted(NOW)
        assert files_with(path.parent) == []


def test_a_damaged_backup_cannot_be_cleaned_and_is_removed_while_others_files_stay(store, path):
    turn = say_secret(store)
    damaged, strange = (path.with_name(f"playground.db.backup-1-{year}0101T000000.000000Z") for year in (2025, 2026))
    damaged.write_text(SECRET * 999)
    with closing(sqlite3.connect(strange)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(NOW)
    assert copies_of(path) == [strange]
    assert files_with(path.parent) == []


def test_a_backup_that_can_only_be_read_waits_alone():
    code = """
from datetime import timedelta
from storage.file.backups import back_up, backups_of
back_up(path, 1)
back_up(path, 1)
kept, cleaned = backups_of(path)
damaged = path.with_name(path.name + ".backup-1-2009")
damaged.write_bytes(b"\\xff" * 9999)
kept.chmod(0o444)
store.conversations.delete(turn.conversation_id)
assert not store.conversations.purge_deleted(timedelta(0))
print([file.name for file in backups_of(path) if "以前".encode() in file.read_bytes()] == [kept.name], damaged.exists())
kept.chmod(0o644)
assert store.conversations.purge_deleted(timedelta(0))
print([file for file in folder.iterdir() if "以前".encode() in file.read_bytes()])
"""
    with tempfile.TemporaryDirectory() as folder:  # everybody can reach it, unlike pytest's own
        assert run_without_rights(code, folder).splitlines() == ["True False", "[]"]


def test_what_was_deleted_before_the_clock_was_set_back_is_removed(store, path):
    turn = say_secret(store)
    store.conversations.delete(turn.conversation_id)
    in_two_days = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="microseconds")
    with store._file.write() as database:
        database.execute("UPDATE conversations SET deleted_at = ?", (in_two_days,))
    assert store.conversations.purge_deleted(timedelta(seconds=10))
    assert files_with(path.parent) == []


def removed_after(store, path, older_than, change, values):
    """Whether all was removed that is due, with a change by somebody else just before the removal could write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        purged = pool.submit(store.conversations.purge_deleted, older_than)
        wait_until(store._file._writing.locked)
        other.execute(f"UPDATE conversations SET {change} WHERE id = :id", values)
        other.execute("COMMIT")
        return purged.result()


def test_what_is_restored_while_its_removal_waits_to_write_stays_whole(store, path):
    turn, other = say_secret(store), say(store, "别的")
    shown = texts(store, turn.conversation_id)
    for conversation_id in (turn.conversation_id, other.conversation_id):
        store.conversations.delete(conversation_id)
    assert removed_after(store, path, NOW, "deleted_at = NULL", {"id": turn.conversation_id})
    assert texts(store, turn.conversation_id) == shown
    with pytest.raises(ConversationGone):
        store.conversations.restore(other.conversation_id)


def test_what_is_deleted_while_a_removal_waits_to_write_can_still_be_restored(store, path):
    turn, later = say(store, "先"), say(store, "后")
    with store._file.write() as database:
        long_ago = "2001-01-01T00:00:00.000000+00:00"
        database.table("conversations").update(turn.conversation_id, {"deleted_at": long_ago})
    change = "deleted_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00')"
    assert removed_after(store, path, timedelta(minutes=1), change, {"id": later.conversation_id})
    store.conversations.restore(later.conversation_id)
    assert texts(store, later.conversation_id) == ["后", "好的。"]


def test_restored_and_removed_at_once_a_conversation_is_whole_or_gone(store):
    with ThreadPoolExecutor(2) as pool:
        for prompt in (f"第{number}次" for number in range(30)):
            turn, ready = say(store, prompt), threading.Barrier(2)
            store.conversations.delete(turn.conversation_id)
            purged = pool.submit(removed, store, ready)
            restored = pool.submit(came_back, store, turn.conversation_id, ready)
            assert purged.result()
            assert texts(store, turn.conversation_id) == ([prompt, "好的。"] if restored.result() else [])


def removed(store, ready):
    ready.wait()
    return store.conversations.purge_deleted(NOW)


def came_back(store, conversation_id, ready):
    ready.wait()
    try:
        store.conversations.restore(conversation_id)
    except ConversationGone:
        return False
    return True


def test_the_rest_is_removed_while_a_reply_still_streams_in_one(store, path):
    streaming, ended = store.replies.begin(None, "慢", "t", SETTINGS), say_secret(store)
    for turn in (streaming, ended):
        store.conversations.delete(turn.conversation_id)
    assert not store.conversations.purge_deleted(NOW)
    assert files_with(path.parent) == []
    store.conversations.restore(streaming.conversation_id)
    assert texts(store, streaming.conversation_id) == ["慢", ""]
    store.replies.finish(streaming.reply_id, "好", "", replace(outcome(), requests=2))
    assert store.conversations.purge_deleted(NOW)
