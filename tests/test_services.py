"""The services of a server: built at the first call and closed whole."""

import sqlite3
import threading
from contextlib import closing

import pytest

from llm.types import PlaygroundError
from services import close, services
from storage.file.lock import DataLock
from storage.store import Store
from tests.storage.samples import say, texts


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


def with_damaged_table(path, table):
    """The file's bytes with a sound schema, and nonsense on the first page of a table."""
    damaged = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    damaged[(page - 1) * size : page * size] = b"\xff" * size
    return damaged
