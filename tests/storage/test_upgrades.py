"""A file of an earlier schema, filled as that playground filled it, has everything in the new one."""

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from llm.types import Cost, Parameters, Provenance, Settings, Status, Timing, Usage
from storage.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, say_again, texts

CONVERSATIONS = """
    INSERT INTO conversations (id, activity, created_at, updated_at, title, connection, model, parameters) VALUES
        ('a1', 1, '2026-11-01T08:00:00.000000+00:00', '2026-11-01T08:00:00.000000+00:00', '早上', '家', '甲', '{}'),
        ('b2', 3, '2026-11-02T08:00:00.000000+00:00', '2026-11-03T08:00:00.000000+00:00', '分支', '家', '甲',
            '{"temperature":0.3,"stop_sequences":["。"],"system_prompt":"用中文回答。"}'),
        ('c3', 2, '2026-11-02T09:00:00.000000+00:00', '2026-11-02T09:00:00.000000+00:00', 'gone', 'x', 'y', '{}');
    UPDATE conversations SET deleted_at = '2026-11-02T10:00:00.000000+00:00' WHERE id = 'c3';
"""
MESSAGES = """
    INSERT INTO messages (id, conversation_id, parent_id, role, created_at, text) VALUES
        (1, 'a1', NULL, 'user', '2026-11-01T08:00:00.000000+00:00', '你好'),
        (2, 'a1', 1, 'assistant', '2026-11-01T08:00:00.000000+00:00', '一半'),
        (3, 'b2', NULL, 'user', '2026-11-02T08:00:00.000000+00:00', '一'),
        (4, 'b2', 3, 'assistant', '2026-11-02T08:00:00.000000+00:00', '甲'),
        (5, 'b2', 3, 'assistant', '2026-11-03T08:00:00.000000+00:00', '👩‍👧乙'),
        (6, 'c3', NULL, 'user', '2026-11-02T09:00:00.000000+00:00', '走'),
        (7, 'c3', 6, 'assistant', '2026-11-02T09:00:00.000000+00:00', '');
    UPDATE conversations SET leaf_id = CASE id WHEN 'a1' THEN 2 WHEN 'b2' THEN 5 ELSE 7 END;
"""
REPLIES = """
    INSERT INTO replies (sequence, id, message_id, connection, model, status, started_at, ended_at, parameters, sent,
        context_ids, request_hash, reasoning, finish_reason, first_token_seconds, duration_seconds, input_tokens,
        output_tokens, cached_tokens, reasoning_tokens, cost, cost_provenance, error_kind, error_text, error_detail,
        chunk_times) VALUES
        (2, 'r2', 2, '家', '甲', 'streaming', '2026-11-01T08:00:00.000000+00:00', NULL, '{}',
            '{"body":{"model":"甲"},"dropped":[]}', '1', 'c0ffee', '想', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            '0.5', 'partial', NULL, NULL, NULL, NULL),
        (3, 'r4', 4, '家', '甲', 'complete', '2026-11-02T08:00:00.000000+00:00', '2026-11-02T08:00:02.000000+00:00',
            '{"seed":7}', '{"body":{"model":"甲"},"dropped":[["seed","none"]]}', '3', 'c0ffee', '', 'stop', 0.25, 1.5,
            5, 6, 1, 2, '0.00012', 'reported', NULL, NULL, NULL, '[[250,250],[2,3]]'),
        (7, 'r5', 5, '家', '乙', 'stopped', '2026-11-03T08:00:00.000000+00:00', '2026-11-03T08:00:02.000000+00:00',
            '{}', NULL, NULL, NULL, '', NULL, NULL, 2.0, NULL, NULL, NULL, NULL, NULL, 'unpriced', NULL, NULL, NULL,
            NULL),
        (8, 'r7', 7, 'x', 'y', 'failed', '2026-11-02T09:00:00.000000+00:00', '2026-11-02T09:00:02.000000+00:00',
            '{}', NULL, NULL, NULL, '', NULL, NULL, 2.0, 0, 0, 0, 0, NULL, 'unpriced', 'quota', 'No credit.',
            '余额不足', NULL),
        (9, 'r0', NULL, '旧', '老', 'complete', '2026-10-02T09:00:00.000000+00:00', '2026-10-02T09:00:02.000000+00:00',
            NULL, NULL, NULL, NULL, '', NULL, NULL, 2.0, 1, 2, 0, 0, '3.5', 'reported', NULL, NULL, NULL, NULL);
"""


@pytest.fixture
def path(tmp_path):
    """A file of the first schema, with conversations in every state: one streams, one has branches, one is deleted."""
    path = tmp_path / "playground.db"
    Store(path, MIGRATIONS[:1]).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(CONVERSATIONS + MESSAGES + REPLIES)
    return path


@pytest.fixture
def upgraded(path):
    store = Store(path)
    yield store
    store.close()


def rows_of(path):
    """Every row as a set of named values, however its columns are ordered."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = ("conversations", "messages", "replies")
        return {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in tables}


def test_every_row_of_the_first_schema_is_there_with_all_its_values(path):
    before = rows_of(path)
    Store(path).close()
    after = rows_of(path)
    for table, rows in before.items():
        assert [{name: row[name] for name in rows[0]} for row in after[table]] == rows
    assert {(row["text_start"], row["requests"]) for row in after["replies"]} == {(0, 1)}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_conversations_of_the_first_schema_read_as_they_did(upgraded):
    assert [listed.title for listed in upgraded.conversations.recent(9)] == ["分支", "早上"]
    assert texts(upgraded, "a1") == ["你好", "一半"]
    prompt, message = upgraded.messages.path("b2")
    assert (prompt.text, message.text, message.sibling, message.siblings) == ("一", "👩‍👧乙", 2, 2)
    assert prompt.replies == ()
    [reply] = message.replies
    assert (reply.status, reply.text_start, reply.requests) == (Status.STOPPED, 0, 1)
    assert reply.cost == Cost(None, Provenance.UNPRICED)
    upgraded.messages.show_sibling(5, -1)
    reply = upgraded.messages.path("b2")[-1].reply
    assert reply.settings == Settings("家", "甲", Parameters(seed=7))
    assert (reply.sent.dropped, reply.sent.continuation) == ((("seed", "none"),), None)
    assert upgraded.replies.chunk_times("r4") == Timing(0.25, 1.5, (0.25, 0.5), (2, 5))
    upgraded.conversations.restore("c3")
    assert upgraded.messages.path("c3")[-1].reply.failure.detail == "余额不足"


def test_what_the_first_schema_knew_of_money_still_counts(upgraded):
    assert upgraded.conversations.spent("b2").cost == Decimal("0.00012")
    assert upgraded.replies.interrupt_streaming() == 1
    assert upgraded.conversations.spent("a1").cost == Decimal("0.5")
    assert upgraded.replies.last_model("旧") == "老"


def test_a_conversation_of_the_first_schema_goes_on(upgraded):
    upgraded.replies.interrupt_streaming()
    turn = upgraded.replies.begin_continuation("r2", SETTINGS)
    assert upgraded.replies.finish(turn.reply_id, "一半又一半", "", outcome(reported=Usage(1, 2)))
    assert [reply.text_start for reply in upgraded.messages.path("a1")[-1].replies] == [0, 2]
    say_again(upgraded, say(upgraded, "继续", conversation_id="b2"))
    assert texts(upgraded, "b2") == ["一", "👩‍👧乙", "继续", "再来。"]


def test_text_that_an_upgrade_has_moved_is_not_left_where_it_was(path):
    Store(path).close()
    assert path.read_bytes().count("余额不足".encode()) == 1
