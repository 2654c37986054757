"""Opening a file: made when missing, migrated after a backup, refused when it is not ours to write."""

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.samples import SETTINGS, say, texts

ROOT = Path(__file__).parents[2]


def m998_notes(database):
    """A table that a later playground might need."""
    database.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;")
    database.table("notes").insert({"text": "升级"})


def m999_notes_have_authors(database):
    """A column that a still later one might need."""
    database.execute("ALTER TABLE notes ADD COLUMN author TEXT")


def m999_fails(database):
    """A migration that is broken."""
    database.execute("ALTER TABLE notes ADD COLUMN author TEXT")
    raise RuntimeError("broken")


LATER = (*MIGRATIONS, m998_notes)
LATEST = (*LATER, m999_notes_have_authors)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "playground.db"


def filled(path, migrations=MIGRATIONS):
    """A file with one conversation, closed; gives the conversation's id."""
    store = Store(path, migrations)
    conversation_id = say(store, "你好", "再见").conversation_id
    store.close()
    return conversation_id


def run_until_killed(path, code):
    """Runs code in a process that kills itself with the signal that nothing can catch."""
    script = f"""
import os, signal
from pathlib import Path
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.samples import say
path = Path({str(path)!r})
def die(database=None):
    os.kill(os.getpid(), signal.SIGKILL)
def m998_notes(database):
    database.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;")
{code}
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def backups(path):
    return sorted(file for file in path.parent.iterdir() if ".backup-" in file.name)


def contents(path):
    """What a file holds, seen by a program that knows nothing of the playground."""
    connection = sqlite3.connect(path)
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
    readable = [name for type, name, sql in schema if type == "table" and not sql.startswith("CREATE VIRTUAL")]
    rows = [f"{name}: {row}" for name in readable for row in connection.execute(f'SELECT * FROM "{name}"')]
    connection.close()
    return "\n".join([str(schema), *rows])


def test_a_missing_file_and_its_folder_are_made(tmp_path):
    path = tmp_path / "数据" / "100% new #1?" / "playground.db"
    conversation_id = filled(path)
    assert names(path.parent) == ["playground.db"]
    store = Store(path)
    assert texts(store, conversation_id) == ["你好", "再见"]
    store.close()


def test_a_current_file_is_opened_without_backup_and_stays_the_same(path):
    filled(path)
    before = path.read_bytes()
    Store(path).close()
    assert path.read_bytes() == before
    assert names(path.parent) == ["playground.db"]


def test_the_file_is_in_wal_mode_and_keeps_its_references(path):
    filled(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_an_older_file_is_migrated_after_a_backup(path):
    conversation_id = filled(path)
    before = contents(path)
    store = Store(path, LATEST)
    assert texts(store, conversation_id) == ["你好", "再见"]
    say(store, "升级以后", conversation_id=conversation_id)
    store.close()
    assert "升级" in contents(path)
    assert "author" in contents(path)
    [backup] = backups(path)
    assert backup.name.startswith(f"playground.db.backup-{len(MIGRATIONS)}-")
    assert contents(backup) == before
    store = Store(backup)
    assert texts(store, conversation_id) == ["你好", "再见"], "the backup opens as it is"
    store.close()


def test_every_file_of_a_migration_is_found_in_order_under_the_name_that_databases_know_it_by():
    names = [migration.__name__ for migration in MIGRATIONS]
    assert names[:3] == [
        "m001_conversations_messages_replies",
        "m002_continuations_and_preferences",
        "m003_experiments",
    ]
    assert [int(name[1:4]) for name in names] == list(range(1, len(names) + 1))


def test_each_migration_runs_once(path):
    filled(path)
    for _ in range(3):
        Store(path, LATER).close()
    assert contents(path).count("\nnotes: ") == 1
    assert len(backups(path)) == 1


def test_the_backup_has_what_was_still_in_the_log(path):
    run_until_killed(path, "store = Store(path)\nsay(store, '日志里', '还在')\ndie()")
    assert (path.parent / "playground.db-wal").stat().st_size > 0
    Store(path, LATER).close()
    [backup] = backups(path)
    assert "日志里" in contents(backup)
    assert "日志里" in contents(path)


def test_the_last_three_backups_are_kept(path):
    filled(path)
    for year in (2009, 2013, 2004, 2020, 2001, 2015, 2021, 2008, 2011, 2017):
        path.with_name(f"playground.db.backup-9-{year}0101T000000.000000Z").write_text("old")
    path.with_name("playground.db.other").write_text("kept")
    Store(path, LATER).close()
    kept = [backup.name.split("-")[2][:4] for backup in backups(path)]
    assert len(kept) == 3
    assert {"2020", "2021"} < set(kept)
    assert path.with_name("playground.db.other").exists()


def test_the_backup_waits_for_what_another_program_is_writing(path):
    filled(path)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE conversations SET title = '刚写的'")
    release = threading.Timer(0.3, other.execute, ["COMMIT"])
    release.start()
    Store(path, LATER).close()
    release.join()
    other.close()
    [backup] = backups(path)
    assert "刚写的" in contents(backup)
    assert "刚写的" in contents(path)


def test_a_migration_that_fails_changes_nothing(path):
    conversation_id = filled(path)
    before = contents(path)
    with pytest.raises(RuntimeError):
        Store(path, (*LATER, m999_fails))
    assert contents(path) == before
    store = Store(path, LATEST)
    assert texts(store, conversation_id) == ["你好", "再见"]
    store.close()


def test_a_process_killed_in_a_migration_leaves_the_file_as_it_was(path):
    conversation_id = filled(path)
    before = contents(path)
    run_until_killed(path, "Store(path, (*MIGRATIONS, m998_notes, die))")
    assert contents(path) == before
    store = Store(path, LATER)
    assert texts(store, conversation_id) == ["你好", "再见"]
    store.close()


def test_a_process_killed_while_it_makes_the_file_leaves_none(path):
    run_until_killed(path, "Store(path, (*MIGRATIONS, die))")
    assert not path.exists()
    filled(path)


def test_a_newer_file_is_refused_and_not_touched(path):
    filled(path, LATER)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="newer playground"):
        Store(path)
    assert path.read_bytes() == before
    assert backups(path) == []


def test_a_newer_file_with_unfolded_log_is_refused_and_neither_is_touched(path):
    run_until_killed(path, "store = Store(path, (*MIGRATIONS, m998_notes))\nsay(store, '新')\ndie()")
    log = path.with_name("playground.db-wal")
    before = path.read_bytes(), log.read_bytes()
    assert before[1]
    with pytest.raises(StorageError, match="newer playground"):
        Store(path)
    assert (path.read_bytes(), log.read_bytes()) == before


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "header", "no schema"])
def test_a_damaged_file_is_refused_and_not_touched(path, damage):
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "text": "这不是数据库".encode() * 999,
            "cut": whole[: len(whole) // 2],
            "header": b"\0" * 100 + whole[100:],
            "no schema": whole[:100] + b"\xff" * 3996 + whole[4096:],
        }[damage]
    )
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"is damaged or not a database\. Move it away or put a backup in its place"):
        Store(path)
    assert path.read_bytes() == before
    assert backups(path) == []


def test_a_file_that_is_damaged_inside_is_not_migrated(path):
    filled(path)
    whole = bytearray(path.read_bytes())
    connection = sqlite3.connect(path)
    [(page,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'messages_by_parent'")
    connection.close()
    whole[(page - 1) * 4096 : (page - 1) * 4096 + 64] = b"\xff" * 64
    path.write_bytes(whole)
    with pytest.raises(StorageError, match="damaged"):
        Store(path, LATER)
    assert path.read_bytes() == whole
    assert backups(path) == []


def test_another_programs_database_is_refused(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE conversations (id)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="not a database"):
        Store(path)
    assert path.read_bytes() == before


def test_a_log_without_its_file_is_not_mixed_into_a_new_one(path):
    run_until_killed(path, "store = Store(path)\nsay(store, '孤儿')\ndie()")
    path.unlink()
    with pytest.raises(StorageError, match=r"playground\.db-wal is there"):
        Store(path)
    assert not path.exists()


def test_an_empty_log_is_in_nobodys_way(path):
    path.with_name("playground.db-wal").touch()
    conversation_id = filled(path)
    store = Store(path)
    assert texts(store, conversation_id) == ["你好", "再见"]
    store.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot be opened or written"):
        Store(tmp_path / "data" / "playground.db")


@pytest.mark.parametrize("existing", [False, True])
def test_threads_that_open_a_file_at_once_migrate_it_once(path, existing):
    migrated = []

    def m999_counted(database):
        migrated.append(database)

    if existing:
        filled(path)
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(path, (*LATER, m999_counted)), range(16)))
    for store in stores:
        store.replies.begin(None, "一起", "t", SETTINGS)
    assert len(stores[0].conversations.recent(50)) == 16 + existing
    for store in stores:
        store.close()
    assert len(migrated) == 1
    assert len(backups(path)) == existing


def test_processes_that_make_the_file_at_once_share_one(path):
    code = "from pathlib import Path\nfrom storage.store import Store\nfrom tests.storage.samples import say\n"
    code += f"say(Store(Path({str(path)!r})), '大家')"
    processes = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    store = Store(path)
    assert len(store.conversations.recent(9)) == 3
    store.close()
