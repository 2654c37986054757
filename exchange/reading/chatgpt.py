"""A conversation of a ChatGPT export as a record of ours, branches and all.

There it is a tree of nodes, of which many are no messages (system, hidden, empty), and what reads as one answer may be
several: thoughts, code, its output, text. Here a prompt is followed by one message of the model's, and another answer
is another branch, which then has the part that the two have in common, too.

The format is documented nowhere officially; this reads what exports of 2023 to 2026 hold, and whatever is missing or of
another kind in a node leaves that node out, not the conversation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from exchange.reading.chatgpt_content import Said, said
from llm.titles import title_from
from llm.types import Provenance, Status
from storage.exchange.checking import Malformed
from storage.exchange.schema import MESSAGES, REPLIES, Record

CONNECTION = "ChatGPT"
SOURCE = "chatgpt:"
LONGEST_TITLE = 200  # characters
LARGEST = 128 << 20  # characters of a conversation
_EARLIEST, _LATEST = 631_152_000, 7_258_118_400  # 1990 and 2200, in seconds since 1970
_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
_ENDINGS = {"max_tokens": (Status.COMPLETE, "length"), "interrupted": (Status.STOPPED, None)}


@dataclass(frozen=True)
class Answer:
    """What the model said after a prompt, as far as it has been read."""

    prompt_id: int
    model: str
    time: float
    texts: tuple[str, ...] = ()
    thoughts: tuple[str, ...] = ()
    status: Status = Status.COMPLETE
    finish_reason: str | None = "stop"


@dataclass
class Stored:
    """An answer, and the number of its message once it has one."""

    answer: Answer
    id: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a node stands: below which prompt, and in the middle of which answer."""

    message_id: int | None = None
    answer: Stored | None = None


@dataclass
class _Tree:
    """The messages that have been read."""

    conversation: dict[str, Any]
    time: float
    messages: list[Record] = field(default_factory=list)
    replies: list[Record] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    size: int = 0  # characters of all messages


def record_of(conversation: Any) -> tuple[Record | None, Counter[str]]:
    """The record of a conversation, None if nothing was said in it, and how much of what was left out.

    Raises Malformed if it is no conversation of a ChatGPT export.
    """
    mapping = conversation.get("mapping") if isinstance(conversation, dict) else None
    if not isinstance(mapping, dict):
        raise Malformed("a conversation in it has no “mapping”")
    created = _time(conversation.get("create_time"), datetime.now(UTC).timestamp())
    updated = _time(conversation.get("update_time"), created)
    tree = _Tree(conversation, created)
    places = _walk(tree, mapping)
    if not tree.messages:
        return None, tree.left_out
    id_ = conversation.get("conversation_id") or conversation.get("id")
    title = conversation.get("title")
    first = tree.messages[0]["text"]
    return {
        "id": token_hex(16),
        "source": SOURCE + (id_ if isinstance(id_, str) and id_ else _digest(f"{created} {first}")),
        "title": (title if isinstance(title, str) and title.strip() else title_from(first))[:LONGEST_TITLE],
        "created_at": _moment(created),
        "updated_at": _moment(updated),
        "connection": "",
        "model": "",
        "parameters": {},
        "leaf_id": _leaf(conversation.get("current_node"), mapping, places) or tree.messages[-1]["id"],
        "archived_at": _moment(updated) if conversation.get("is_archived") is True else None,
        MESSAGES.name: tree.messages,
        REPLIES.name: tree.replies,
    }, tree.left_out


def _walk(tree: _Tree, mapping: dict[str, Any]) -> dict[str, Place]:
    """Read every node from the roots on, the first child first; where each stands."""
    nodes = {id_: node for id_, node in mapping.items() if isinstance(node, dict)}
    roots = [id_ for id_, node in nodes.items() if not _known(node.get("parent"), nodes)]
    waiting = [(id_, Place()) for id_ in reversed(roots)]
    places: dict[str, Place] = {}
    while waiting:
        id_, above = waiting.pop()
        if id_ in places:
            continue
        places[id_] = place = _read(tree, nodes[id_].get("message"), above)
        children = [child for child in _list(nodes[id_].get("children")) if _known(child, nodes)]
        waiting += [(child, place) for child in reversed(children)]
        if not children and place.answer:
            _store(tree, place.answer)
    return places


def _read(tree: _Tree, message: Any, above: Place) -> Place:
    """The place after a message; one that is none changes nothing."""
    if not isinstance(message, dict):
        return above
    author, metadata = _dict(message.get("author")), _dict(message.get("metadata"))
    role, content = author.get("role"), _dict(message.get("content"))
    if role not in ("user", "assistant", "tool") or metadata.get("is_visually_hidden_from_conversation"):
        return above
    if content.get("content_type") == "text" and (role == "tool" or message.get("recipient") not in (None, "all")):
        tree.left_out["tool message"] += any(map(bool, _list(content.get("parts"))))
        return above
    what = said(content)
    tree.left_out.update(what.left_out)
    time = _time(message.get("create_time"), tree.time)
    if role == "user":
        return _prompt(tree, what, time, above) if what.text.strip() else above
    return _answered(tree, what, message, time, above)


def _prompt(tree: _Tree, what: Said, time: float, above: Place) -> Place:
    parent = _store(tree, above.answer) if above.answer else above.message_id
    return Place(_message(tree, parent, "user", what.text, time))


def _answered(tree: _Tree, what: Said, message: dict[str, Any], time: float, above: Place) -> Place:
    """The answer goes on; what the model says before any prompt is left out, for nothing can answer nothing."""
    if not (what.text.strip() or what.reasoning.strip()):
        return above
    if above.message_id is None:
        tree.left_out["greeting before the first prompt"] += 1
        return above
    metadata = _dict(message.get("metadata"))
    before = above.answer.answer if above.answer else Answer(above.message_id, "", time)
    ending = _dict(metadata.get("finish_details")).get("type")
    status, reason = _ENDINGS.get(ending if isinstance(ending, str) else "", (Status.COMPLETE, "stop"))
    model = next((m for m in (metadata.get("model_slug"), before.model) if isinstance(m, str) and m), "")
    texts = (*before.texts, *filter(None, [what.text]))
    thoughts = (*before.thoughts, *filter(None, [what.reasoning]))
    answer = replace(before, model=model, texts=texts, thoughts=thoughts, status=status, finish_reason=reason)
    return Place(above.message_id, Stored(answer))


def _store(tree: _Tree, stored: Stored) -> int:
    """The message of an answer, made once however many branches go on from it."""
    if stored.id is None:
        answer = stored.answer
        stored.id = _message(tree, answer.prompt_id, "assistant", "\n\n".join(answer.texts), answer.time)
        tree.replies.append(_reply(stored.id, answer, tree.conversation.get("default_model_slug")))
    return stored.id


def _message(tree: _Tree, parent: int | None, role: str, text: str, time: float) -> int:
    id_ = len(tree.messages) + 1
    tree.size += len(text)
    if tree.size > LARGEST:  # the branches of a hostile one could have gigabytes in common
        raise Malformed("one conversation in it is too large")
    tree.messages.append({"id": id_, "parent_id": parent, "role": role, "created_at": _moment(time), "text": text})
    return id_


def _reply(message_id: int, answer: Answer, default_model: Any) -> Record:
    """Nothing was spent on it here, and what was spent there is not told."""
    default = default_model if isinstance(default_model, str) and default_model else "unknown model"
    return {
        "id": token_hex(16),
        "message_id": message_id,
        "text_start": 0,
        "requests": 1,
        "connection": CONNECTION,
        "model": answer.model or default,
        "status": str(answer.status),
        "finish_reason": answer.finish_reason,
        "started_at": _moment(answer.time),
        "cost_provenance": str(Provenance.UNPRICED),
        "parameters": {},
        "reasoning": "\n\n".join(answer.thoughts),
        **dict.fromkeys((f"estimated_{name}" for name in _USAGE), 0),
    }


def _leaf(current: Any, mapping: dict[str, Any], places: dict[str, Place]) -> int | None:
    """The newest message above the open node, or at it."""
    place = places.get(current) if isinstance(current, str) else None
    answer = place.answer if place else None
    while answer and answer.id is None:  # it goes on below, in the first of its branches
        current = next(
            (child for child in _list(_dict(mapping.get(current)).get("children")) if _known(child, places)), None
        )
        answer = places[current].answer if current else None
    if answer:
        return answer.id
    return place.message_id if place else None


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _time(value: Any, otherwise: float) -> float:
    sensible = type(value) in (int, float) and math.isfinite(value) and _EARLIEST < value < _LATEST
    return value if sensible else otherwise


def _moment(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="microseconds")


def _known(id_: Any, nodes: Container[str]) -> bool:
    return isinstance(id_, str) and id_ in nodes


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else ()
