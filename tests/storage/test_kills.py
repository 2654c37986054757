"""A process that is killed at any step leaves the old or the new, and the next one takes it up."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.children import killed_at_each_step
from tests.storage.first_schema import assert_holds, first_schema_file, rows_of, second_schema_file
from tests.storage.samples import say, texts
from tests.torture import FIGURES


@pytest.fixture
def template(tmp_path):
    folder = tmp_path / "template"
    folder.mkdir()
    first_schema_file(folder / "playground.db")
    return folder


@pytest.fixture
def copies(tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def schema_of(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]


@pytest.mark.parametrize(("schema", "make"), [(1, first_schema_file), (2, second_schema_file)])
def test_killed_at_any_step_of_an_upgrade_the_file_is_old_or_new_and_whole(tmp_path, copies, schema, make):
    template = tmp_path / "file"
    template.mkdir()
    make(template / "playground.db")
    before = rows_of(template / "playground.db")
    killed = killed_at_each_step(template, copies, "Store(path).close()")
    schemas = [schema_of(copy / "playground.db") for copy in killed]
    FIGURES["steps of an upgrade, killed at each"] = len(killed) - 1
    assert len(killed) > 20
    assert schemas == sorted(schemas)
    assert set(schemas) == {schema, len(MIGRATIONS)}
    for copy in killed:
        assert_holds(rows_of(copy / "playground.db"), before)
        Store(copy / "playground.db").close()
        assert schema_of(copy / "playground.db") == len(MIGRATIONS)
        kept = {file.name.partition("-")[0] for file in copy.iterdir()}
        assert kept == {"playground.db", "playground.db.backup"}, "no half copy is left behind"


def test_killed_at_any_step_of_a_removal_the_next_process_ends_it(template, copies):
    store = Store(template / "playground.db")
    kept = say(store, "留下的").conversation_id
    store.conversations.restore("c3")
    store.conversations.delete("b2")
    store.close()
    killed = killed_at_each_step(
        template, copies, "store = Store(path); store.conversations.purge_deleted(timedelta(0)); store.close()"
    )
    assert len(killed) > 10
    for copy in killed:
        with closing(Store(copy / "playground.db")) as store:
            assert store.conversations.purge_deleted(timedelta(0))
            assert texts(store, kept) == ["留下的", "好的。"]
            assert texts(store, "a1") == ["你好", "一半"]
            everything = b"".join(file.read_bytes() for file in copy.iterdir())
            assert "👩‍👧乙".encode() not in everything
