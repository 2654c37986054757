"""The services of a server: built at the first call, closed whole, and tidy in the end."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import pytest

from experiments.comparing.comparison import Setup
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.running.phase import Phase
from llm.servers.local_model import LocalModel, find_model
from llm.types import PlaygroundError, Settings, Status
from services import ROOT, Services, close, services
from storage.file.backups import back_up
from storage.file.lock import DataLock
from storage.store import Store
from tests.playground import wait_until
from tests.storage.samples import say, texts
from tests.upstream import Answer

INSTALLED = LocalModel(find_model({}))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_LOCAL_MODEL", "off")
    yield tmp_path
    close()


def test_are_built_once_and_leave_the_folder_to_others_when_closed(folder):
    assert services() is services()
    with pytest.raises(PlaygroundError, match="already runs"):
        DataLock(folder)
    close()
    DataLock(folder).close()


def test_a_start_that_fails_says_why_however_often_it_is_tried_and_succeeds_once_the_file_is_sound(folder):
    path = folder / "playground.db"
    with closing(Store(path)) as store:
        turn = say(store, "你好")
    sound = path.read_bytes()
    path.write_bytes(with_damaged_table(path, "replies"))
    threads = threading.active_count()
    for _ in range(3):
        with pytest.raises(PlaygroundError, match="is damaged or not a database"):
            services()
    assert threading.active_count() == threads
    path.write_bytes(sound)
    assert texts(services().store, turn.conversation_id) == ["你好", "好的。"]


FIRST_TURN = """
import sys
from llm.types import Settings
from services import close, services
from tests.playground import wait_until

app = services()
app.warm()
known = set(sys.modules)
live = app.turns.send(None, "你好", Settings(app.directory.get("").name, "gpt-4o-mini"))
wait_until(lambda: not live.live)
print(live.text, sorted(set(sys.modules) - known))
close()
"""


def test_once_it_is_warm_the_first_turn_has_nothing_left_to_load(folder, upstream):
    variables = os.environ | {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "key"}
    told = subprocess.run(
        [sys.executable, "-c", FIRST_TURN], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )
    assert told.stdout == "Hello from upstream. []\n"


@pytest.mark.skipif(INSTALLED.availability() is not None, reason=str(INSTALLED.availability()))
def test_the_built_in_model_is_started_if_a_new_conversation_begins_with_it(folder, monkeypatch):
    monkeypatch.delenv("PLAYGROUND_LOCAL_MODEL")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    services().warm()
    assert services().local_model.running


def with_damaged_table(path, table):
    """The file's bytes with a sound schema, and nonsense on the first page of a table."""
    damaged = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    damaged[(page - 1) * size : page * size] = b"\xff" * size
    return damaged


def test_what_was_in_the_way_of_a_removal_is_tried_ever_more_rarely_until_it_is_gone(folder):
    app = services()
    turn = say(app.store, "秘密-4711")
    back_up(folder / "playground.db", 1)
    [backup] = folder.glob("*.backup-*")
    with closing(sqlite3.connect(backup, isolation_level=None)) as using:
        using.execute("BEGIN IMMEDIATE")
        delete_long_ago(app, turn.conversation_id)
        tried = times_of_removals(app)
        app.tidy(pause=0.1)
        wait_until(lambda: len(tried) > 3)
        pauses = [later - sooner for sooner, later in pairwise(tried)]
        assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=False))
        using.execute("COMMIT")
    wait_until(lambda: not files_with(folder, "秘密-4711"))


def delete_long_ago(app: Services, conversation_id):
    with app.store._file.write() as database:
        long_ago = {"deleted_at": "2001-01-01T00:00:00.000000+00:00"}
        database.table("conversations").update(conversation_id, long_ago)


def times_of_removals(app: Services):
    """Grows by a time whenever messages are removed."""
    times = []
    app.store._file._writer.set_trace_callback(
        lambda statement: times.append(time.monotonic()) if statement.startswith("DELETE FROM messages") else None
    )
    return times


def files_with(folder, text):
    return [file for file in folder.iterdir() if text.encode() in content(file)]


def content(file):
    try:
        return file.read_bytes()
    except FileNotFoundError:  # it was removed meanwhile
        return b""


def test_an_experiment_that_runs_when_the_server_ends_is_offered_by_the_next_one(folder, upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    upstream.answer = Answer(hold_after=0)
    app = services()
    plan = Plan("试验", ("一", "二", "三"), Settings(app.directory.get("").name, "house-model"), concurrency=2)
    id_ = app.store.experiments.create(plan.title, to_json(plan))
    app.executions.start(id_)
    wait_until(lambda: len(upstream.requests) == 2)
    close()
    upstream.release()
    app = services()
    assert app.executions.phase(app.store.experiments.get(id_)) is Phase.INTERRUPTED
    assert [run.status for run in app.store.runs.of(id_)] == [Status.INTERRUPTED] * 2
    app.executions.start(id_).done.result(30)
    assert [run.status for run in app.store.runs.of(id_)] == [Status.COMPLETE] * 3


def test_a_deleted_experiment_is_gone_from_every_file_once_the_undo_has_passed(folder, upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    app = services()
    plan = Plan("试验", ("秘密-4711",), Settings(app.directory.get("").name, "house-model"))
    id_ = app.store.experiments.create(plan.title, to_json(plan))
    app.executions.start(id_).done.result(30)
    assert files_with(folder, "秘密-4711")
    app.delete_experiment(id_)
    assert app.store.experiments.get(id_) is None
    app.tidy(timedelta(0))
    assert not files_with(folder, "秘密-4711")


def test_a_deleted_comparison_ends_what_streams_in_it_and_is_gone_from_every_file(folder, upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    upstream.answer = Answer(chunks=("秘密-4711", "！"), hold_after=1)
    app = services()
    column = Settings(app.directory.get("").name, "house-model")
    id_ = app.comparisons.begin(Setup((column, column)), "秘密-4711")
    lives = app.comparisons.live(id_).values()
    wait_until(lambda: [live.text for live in lives] == ["秘密-4711"] * 2)
    app.delete_comparison(id_)
    assert app.store.comparisons.get(id_) is None
    wait_until(lambda: not any(live.live for live in lives))
    app.tidy(timedelta(0))
    assert not files_with(folder, "秘密-4711")


def test_however_many_pages_ask_at_once_there_is_one_that_runs_experiments(folder):
    app, found = services(), []
    threads = [threading.Thread(target=lambda: found.append(app.executions)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
