"""The one file under many threads and programs: nothing lost, nothing leaked, every error a sentence."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import DiskTrouble, StorageError
from storage.file.database import DatabaseFile
from storage.file.disk import sentences
from storage.file.readers import IDLE_READERS
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, texts
from tests.torture import FIGURES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(store, tmp_path):
    return tmp_path / "playground.db"


def test_a_thousand_writes_of_twenty_sessions_on_two_stores_all_arrive(store, path):
    other = Store(path)
    shared = [say(store, "开始").conversation_id for _ in range(20)]

    def talk(number):
        for turn in range(25):  # each of them two writes
            say((store, other)[turn % 2], f"{number}问{turn}", f"{number}答{turn}", shared[number])

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(talk, range(20)))
    other.close()
    for number, conversation in enumerate(shared):
        expected = [text for turn in range(25) for text in (f"{number}问{turn}", f"{number}答{turn}")]
        assert texts(store, conversation) == ["开始", "好的。", *expected]


@pytest.mark.torture
def test_a_thousand_writes_of_twenty_processes_all_arrive(store, path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom storage.store import Store\nfrom tests.storage.samples import say\n"
    )
    code += "for turn in range(25):\n    say(Store(Path(sys.argv[1])), f'问{turn}', conversation_id=sys.argv[2])"
    shared = [say(store, "开始").conversation_id for _ in range(20)]
    processes = [subprocess.Popen([sys.executable, "-c", code, path, id_], cwd=ROOT) for id_ in shared]
    assert [process.wait(300) for process in processes] == [0] * 20
    for conversation in shared:
        assert texts(store, conversation)[2::2] == [f"问{turn}" for turn in range(25)]


def test_of_many_threads_that_prompt_one_conversation_at_once_one_succeeds(store):
    conversation = say(store, "一").conversation_id
    ready = threading.Barrier(8)

    def prompt(_):
        ready.wait()
        try:
            return store.replies.begin(conversation, "我先!", "t", SETTINGS)
        except StorageError:
            return None

    with ThreadPoolExecutor(8) as pool:
        begun = [turn for turn in pool.map(prompt, range(8)) if turn]
    assert len(begun) == 1
    assert texts(store, conversation) == ["一", "好的。", "我先!", ""]


def test_readers_see_a_whole_turn_or_none_while_it_is_written(store):
    conversation = say(store, "零").conversation_id
    done = threading.Event()

    def write():
        for number in range(100):
            say(store, f"{number}", conversation_id=conversation)
        done.set()

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        while not done.is_set() and not writing.done():
            path = store.messages.path(conversation)
            assert [m.role for m in path] == ["user", "assistant"] * (len(path) // 2)
        writing.result()


def test_threads_that_come_and_go_leave_no_connection_behind(store, path):
    def open_files():
        return sum(os.path.realpath(f"/proc/self/fd/{fd}") == str(path) for fd in os.listdir("/proc/self/fd"))

    if not Path("/proc/self/fd").exists():
        pytest.skip("counts the process's open files as Linux shows them")
    say(store, "你好")
    for _ in range(10):
        threads = [threading.Thread(target=store.conversations.recent, args=(5,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert open_files() <= 20 + 1  # SQLite itself keeps descriptors for reuse, as many as were open at once
    store.close()
    assert open_files() == 0


def test_more_readers_than_are_kept_are_closed_when_they_come_back(path):
    file = DatabaseFile(path)
    ready = threading.Barrier(IDLE_READERS + 4)

    def read(_):
        with file.read() as connection:
            ready.wait()
            return connection

    with ThreadPoolExecutor(IDLE_READERS + 4) as pool:
        lent = list(pool.map(read, range(IDLE_READERS + 4)))
    assert len(set(map(id, lent))) == IDLE_READERS + 4
    assert sum(is_open(connection) for connection in lent) == IDLE_READERS
    file.close()
    assert not any(is_open(connection) for connection in lent)


def is_open(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def test_a_reader_that_is_lent_when_the_file_is_closed_finishes_its_work(path):
    file = DatabaseFile(path)
    with file.read() as connection:
        file.close()
        assert connection.execute("SELECT 1").fetchone()[0] == 1
    assert not is_open(connection)


def test_a_reader_cannot_write(path):
    file = DatabaseFile(path)
    with pytest.raises(StorageError), file.read() as connection:
        connection.execute("DELETE FROM messages")
    file.close()


def test_a_write_that_fails_leaves_nothing(store, path):
    file = DatabaseFile(path)
    columns = {"id": "半", "connection": "", "model": "", "status": "", "started_at": ""}
    with pytest.raises(sqlite3.IntegrityError), file.write() as database:
        database.table("replies").insert_all([columns, columns])
    with file.write() as database:
        assert database.execute("SELECT count(*) FROM replies").fetchone() == (0,)
    file.close()


def test_a_mistake_in_our_own_sql_is_not_blamed_on_the_file(path):
    file = DatabaseFile(path)
    with pytest.raises(sqlite3.OperationalError), file.read() as connection:
        connection.execute("SELECT nonsense")
    file.close()


def test_another_programs_short_lock_is_waited_for(store, path):
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        turn = say(store, "等一下")
        release.join()
    assert texts(store, turn.conversation_id) == ["等一下", "好的。"]


def test_who_writes_behind_another_programs_lock_waits_once_and_is_told_and_all_can_be_read(store, path):
    streaming = store.replies.begin(None, "早", "t", SETTINGS)
    preferences = store.preferences.get()
    writes = [
        lambda: say(store, "等"),
        lambda: store.replies.finish(streaming.reply_id, "好", "", outcome()),
        lambda: store.conversations.rename(streaming.conversation_id, "新"),
        lambda: store.preferences.save(preferences),
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(seconds_until_told, writes * 2))
        started = time.monotonic()
        for _ in range(3):
            assert store.trouble().startswith("Another program is using")
        assert time.monotonic() - started < min(waits), "who looks at the trouble does not wait as one who writes does"
        assert texts(store, streaming.conversation_id) == ["早", ""]
        other.execute("COMMIT")
    FIGURES["wait for another program's lock, s"] = round(max(waits), 1)
    assert min(waits) > 4.9
    assert max(waits) < 9
    assert store.trouble() == ""
    assert store.replies.finish(streaming.reply_id, "好", "", outcome())
    assert [entry.title for entry in store.conversations.recent(9)] == ["t"]


def seconds_until_told(write):
    started = time.monotonic()
    with pytest.raises(DiskTrouble, match=r"^Another program is using .*\. Close it, then try again\.$"):
        write()
    return time.monotonic() - started


def failing_by(error, folder):
    """Makes SQLite itself report an error, in a connection of its own."""
    path = folder / "own.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (text)")
    if error == "full":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA max_page_count = 3")
    elif error == "read only":
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    elif error == "missing":
        connection = sqlite3.connect(f"{(folder / 'none.db').as_uri()}?mode=rw", uri=True)
    else:
        path.write_bytes(b"\xff" * 9999)
        connection = sqlite3.connect(path)
    with closing(connection):
        connection.execute("INSERT INTO t VALUES (?)", ("满" * 99_999,))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("full", "There is no space left for X. Free some space on the disk, then try again."),
        ("read only", "X cannot be opened or written. Check that you may write to this file and its folder, then"),
        ("missing", "X cannot be opened or written. Check that you may write to this file and its folder, then"),
        ("damaged", "X is damaged or not a database. Move it away or put a backup in its place, then start again."),
    ],
)
def test_what_sqlite_reports_becomes_a_sentence(tmp_path, error, sentence):
    with pytest.raises(StorageError) as caught, sentences(Path("X")):
        failing_by(error, tmp_path)
    assert str(caught.value).startswith(sentence)


def test_a_closed_store_says_so(store):
    turn = say(store, "再见")
    store.close()
    for use in (
        lambda: store.conversations.recent(1),
        lambda: store.replies.begin(None, "还在吗?", "t", SETTINGS),
        lambda: store.messages.path(turn.conversation_id),
        store.warm,
    ):
        with pytest.raises(StorageError, match="are closed"):
            use()
    store.close()


def test_opening_and_reading_a_current_file_imports_nothing_heavy(store, path):
    turn = say(store, "快")
    code = f"""
import sys
from datetime import timedelta
from pathlib import Path
from storage.store import Store
store = Store(Path({str(path)!r}))
assert store.replies.interrupt_streaming() == 0 and store.conversations.purge_deleted(timedelta(0))
assert len(store.messages.path({turn.conversation_id!r})) == 2
assert not {{"sqlite_utils", "pandas", "numpy"}} & set(sys.modules)
store.warm()
assert "sqlite_utils" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
