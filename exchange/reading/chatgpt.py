"""A conversation of a ChatGPT export as a record of ours, branches and all.

The format is documented nowhere officially; this reads what exports of 2023 to 2026 hold.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from exchange.reading.chatgpt_tree import Stored, iso, sensible_time, tree_of
from llm.titles import title_from
from llm.types import Provenance
from storage.exchange.checking import Malformed
from storage.exchange.schema import MESSAGES, REPLIES, Record

CONNECTION = "ChatGPT"
SOURCE = "chatgpt:"
_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")


def record_of(conversation: Any) -> tuple[Record | None, Counter[str]]:
    """The record of a conversation, None if nothing was said in it, and how much of what was left out.

    Raises Malformed if it is no conversation of a ChatGPT export.
    """
    mapping = conversation.get("mapping") if isinstance(conversation, dict) else None
    if not isinstance(mapping, dict):
        raise Malformed("a conversation in it has no “mapping”")
    created = sensible_time(conversation.get("create_time"), datetime.now(UTC).timestamp())
    updated = sensible_time(conversation.get("update_time"), created)
    tree = tree_of(mapping, conversation.get("current_node"), created)
    if not tree.messages:
        return None, tree.left_out
    id_ = conversation.get("conversation_id") or conversation.get("id")
    title = conversation.get("title")
    first = tree.messages[0]["text"]
    default = conversation.get("default_model_slug")
    model = default if isinstance(default, str) and default else "unknown model"
    return {
        "id": token_hex(16),
        "source": SOURCE + (id_ if isinstance(id_, str) and id_ else _digest(f"{created} {first}")),
        "title": title if isinstance(title, str) and title.strip() else title_from(first),
        "created_at": iso(created),
        "updated_at": iso(updated),
        "connection": "",
        "model": "",
        "parameters": {},
        "leaf_id": tree.leaf_id,
        "archived_at": iso(updated) if conversation.get("is_archived") is True else None,
        MESSAGES.name: tree.messages,
        REPLIES.name: [_reply(stored, model) for stored in tree.answers],
    }, tree.left_out


def _reply(stored: Stored, default_model: str) -> Record:
    """Nothing was spent on it here, and what was spent there is not told."""
    answer = stored.answer
    return {
        "id": token_hex(16),
        "message_id": stored.id,
        "text_start": 0,
        "requests": 1,
        "connection": CONNECTION,
        "model": answer.model or default_model,
        "status": str(answer.status),
        "finish_reason": answer.finish_reason,
        "started_at": iso(answer.time),
        "cost_provenance": str(Provenance.UNPRICED),
        "parameters": {},
        "reasoning": answer.reasoning,
        **dict.fromkeys((f"estimated_{name}" for name in _USAGE), 0),
    }


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
