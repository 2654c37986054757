"""A file as the first playground filled it."""

import sqlite3
from contextlib import closing

from storage.file.migrations import MIGRATIONS
from storage.store import Store

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
CONTINUATION = """
    INSERT INTO replies (id, message_id, text_start, requests, connection, model, status, started_at, ended_at,
        parameters, input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost, cost_provenance) VALUES
        ('r6', 5, 1, 2, '家', '丙', 'complete', '2026-11-03T09:00:00.000000+00:00', '2026-11-03T09:00:02.000000+00:00',
            '{}', 3, 4, 0, 0, '0.25', 'reported');
    INSERT INTO preferences (name, value) VALUES ('budget_day', '1.5');
"""


def first_schema_file(path):
    """Conversations in every state: one streams, one has branches, one is deleted, of one only the figures are left."""
    Store(path, MIGRATIONS[:1]).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(CONVERSATIONS + MESSAGES + REPLIES)
    return path


def second_schema_file(path):
    """The same as it stood in the second playground, with a continuation and a preference."""
    Store(first_schema_file(path), MIGRATIONS[:2]).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(CONTINUATION)
    for backup in path.parent.glob("*.backup-*"):
        backup.unlink()
    return path


def rows_of(path):
    """Every row as named values, however its columns are ordered."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = ("conversations", "messages", "replies")
        return {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in tables}


def assert_holds(after, before):
    """Each row still has every value that it had; it may have more."""
    for table, rows in before.items():
        assert [{name: row[name] for name in rows[0]} for row in after[table]] == rows
