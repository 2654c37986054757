"""A branch in SQL: some message, and what it follows, up to the root."""

MESSAGE = "messages m WHERE m.id = :message_id"
OPEN_LEAF = """
    conversations c JOIN messages m ON m.id = c.leaf_id WHERE c.id = :conversation_id AND c.deleted_at IS NULL
"""


def branch_from(start: str, until: str = "") -> str:
    """A WITH clause that makes `branch(id, parent_id, role)`: from the messages `m` that are found in `start` up to the
    root, or only as far as `until`, a condition on the message `b` reached or a limit."""
    columns = "m.id, m.parent_id, m.role"
    return f"""
        WITH RECURSIVE branch(id, parent_id, role) AS (
            SELECT {columns} FROM {start}
            UNION ALL
            SELECT {columns} FROM branch b JOIN messages m ON m.id = b.parent_id {until}
        )
    """
