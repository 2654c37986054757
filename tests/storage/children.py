"""Processes of their own: killed at a chosen step, or without the rights of the one that tests."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A fork for each step: the imports are paid once. Steps are calls into SQLite and changes of the folder.
KILLED_AT_EACH_STEP = """
import os, posix, shutil, signal, sqlite3, sys
from datetime import timedelta
from pathlib import Path
import sqlite_utils
from storage.store import Store

CHANGES = {"mkdir", "rmdir", "rename", "link", "unlink"}
template, folder = Path(sys.argv[1]), Path(sys.argv[2])


def is_step(called):
    owner = getattr(called, "__self__", None)
    return isinstance(owner, (sqlite3.Connection, sqlite3.Cursor)) or owner is posix and called.__name__ in CHANGES


def act(path, last_step):
    steps = 0

    def count(frame, event, called):
        nonlocal steps
        if event == "c_call" and is_step(called):
            steps += 1
            if steps > last_step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    ACTION


step = 0
while True:
    copy = folder / str(step)
    shutil.copytree(template, copy)
    child = os.fork()
    if not child:
        act(copy / "playground.db", step)
        sys.setprofile(None)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended == 0:
        break
    assert ended == -signal.SIGKILL, ended
    step += 1
"""

# The rights are given up after the imports: the one without them may not be able to read the playground's code.
WITHOUT_RIGHTS = """
import contextlib, os, resource, sys
from pathlib import Path
from storage.errors import DiskTrouble
from storage.store import Store
from tests.storage.samples import say, texts
folder = Path(sys.argv[1])
path = folder / "playground.db"
store = Store(path)
turn = say(store, "以前", "好的。")
store.warm()
if os.getuid() == 0:
    for file in (folder, *folder.iterdir()):
        os.chown(file, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def refused():
    try:
        say(store, "满" * 20_000)
    except DiskTrouble as trouble:
        assert store.trouble() == str(trouble), store.trouble()
        assert texts(store, turn.conversation_id) == ["以前", "好的。"]
        assert [entry.title for entry in store.conversations.recent(9)] == ["标题"]
        return str(trouble).replace(str(path), "X")
    raise AssertionError("it could write")


def works_again():
    assert store.trouble() == "", store.trouble()
    later = say(store, "恢复", conversation_id=turn.conversation_id)
    assert texts(store, turn.conversation_id) == ["以前", "好的。", "恢复", "好的。"]
    store.close()


"""


def killed_at_each_step(template, folder, action):
    """Runs `action`, code that has `path`, on copies of a folder, each killed one step later than the one before.

    Gives the copies in that order; in the last one the action came to its end.
    """
    code = KILLED_AT_EACH_STEP.replace("ACTION", action)
    subprocess.run([sys.executable, "-c", code, str(template), str(folder)], cwd=ROOT, check=True, timeout=300)
    return sorted(folder.iterdir(), key=lambda copy: int(copy.name))


def run_without_rights(code, folder):
    """What the code prints, run as somebody whom permission bits stop."""
    command = [sys.executable, "-c", WITHOUT_RIGHTS + code, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()
