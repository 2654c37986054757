"""Killed at any moment: what was said to be stored is there, a reply is at most a moment behind what had arrived."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from llm.types import Status
from llm.wire.requests import GO_ON
from storage.store import Store
from tests.torture import FIGURES, SEED
from tests.upstream import Answer

ROOT = Path(__file__).parents[2]
PIECES = tuple(f"〈{n}〉" for n in range(200))
BEHIND = 1.0  # seconds that a stored reply may be behind what had arrived
WORST = "seconds that a reply was behind when its process was killed, at most"
SLACK = 1.5  # seconds more that a busy machine may take to write


def run_until_killed(folder, upstream, seed, lifetime):
    """What the process said before it was killed, and the moment of that."""
    command = [sys.executable, "-m", "tests.llm.survivor", str(folder), upstream.base_url, seed]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    first = process.stdout.readline()  # it is talking now
    time.sleep(lifetime)
    killed_at = time.monotonic()
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    lines = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
    return [json.loads(line) for line in lines], killed_at


def messages_in(file):
    """Every message of a sound file, those that no branch shows included: (id, parent id, role, text)."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute("SELECT id, parent_id, role, text FROM messages").fetchall()


def seconds_behind(upstream, messages, killed_at):
    """How long before the kill the oldest piece had left that is in no stored reply to its prompt."""
    prompts = {text: id_ for id_, _, role, text in messages if role == "user"}
    lost = [
        moment
        for moment, prompt, piece in upstream.said
        if moment < killed_at and not any(piece in text for _, parent, _, text in messages if parent == prompts[prompt])
    ]
    return killed_at - min(lost, default=killed_at)


def check_a_kill(folder, upstream, seed):
    lifetime = random.Random(f"kill-{seed}").uniform(0.05, 2.5)
    upstream.answer = Answer(chunks=PIECES, delay=0.01)
    told, killed_at = run_until_killed(folder, upstream, seed, lifetime)
    messages = messages_in(folder / "playground.db")
    prompts = {text for _, _, role, text in messages if role == "user"}
    by_id = {id_: text for id_, _, _, text in messages}
    for line in told:
        if "begun" in line:
            assert line["begun"] in prompts
        else:
            assert by_id[line["ended"]].startswith(line["text"])
    assert {m["content"] for r in upstream.requests for m in r["messages"] if m["role"] == "user"} <= prompts | {GO_ON}
    behind = seconds_behind(upstream, messages, killed_at)
    worst = max(behind, FIGURES.get(WORST, 0.0))
    FIGURES[WORST] = round(worst, 2)
    assert behind <= BEHIND + SLACK
    check_the_next_start(folder, told)


def check_the_next_start(folder, told):
    store = Store(folder / "playground.db")
    store.replies.interrupt_streaming()
    for conversation in {line["conversation"] for line in told}:
        replies = [reply for message in store.messages.path(conversation) for reply in message.replies]
        assert replies
        assert all(reply.status is not Status.STREAMING for reply in replies)
        store.conversations.spent(conversation)
    store.close()


@pytest.mark.parametrize("number", range(2))
def test_a_kill_loses_nothing_that_was_stored(tmp_path, upstream, number):
    check_a_kill(tmp_path, upstream, f"{SEED}-{number}")


@pytest.mark.torture
@pytest.mark.parametrize("number", range(30))
def test_thirty_kills_lose_nothing_that_was_stored(tmp_path, upstream, number):
    check_a_kill(tmp_path, upstream, f"{SEED}-torture-{number}")
