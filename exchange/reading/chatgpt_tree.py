"""The tree of nodes of a ChatGPT export as a tree of prompts and answers.

Of its nodes many are no messages (system, hidden, empty), and what reads as one answer may be several: thoughts, code,
its output, text. Here a prompt is followed by one message of the model's, and another answer is another branch, which
then has the part that the two have in common, too. Whatever is missing or of another kind in a node leaves that node
out, not the conversation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from exchange.reading.chatgpt_content import Said, said
from exchange.reading.json_stream import LONGEST_ITEM
from llm.types import Status
from storage.exchange.checking import Malformed
from storage.exchange.schema import Record

LARGEST = LONGEST_ITEM  # characters of all messages: the branches of a hostile one could have gigabytes in common
_EARLIEST, _LATEST = 631_152_000, 7_258_118_400  # 1990 and 2200, in seconds since 1970
_ENDINGS = {"max_tokens": (Status.COMPLETE, "length"), "interrupted": (Status.STOPPED, None)}
_BETWEEN = "\n\n"  # two pieces


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model said after a prompt, as far as it has been read: the newest piece, below those before it.

    Each piece holds its own text alone, for in a long answer each could be the end of a branch.
    """

    prompt_id: int
    model: str
    time: float
    before: Answer | None = field(default=None, repr=False)
    what: Said = field(default_factory=Said)
    size: int = 0  # characters of all its pieces
    status: Status = Status.COMPLETE
    finish_reason: str | None = "stop"

    @property
    def text(self) -> str:
        return _BETWEEN.join(reversed([piece.what.text for piece in self._pieces() if piece.what.text]))

    @property
    def reasoning(self) -> str:
        return _BETWEEN.join(reversed([piece.what.reasoning for piece in self._pieces() if piece.what.reasoning]))

    def _pieces(self) -> Iterator[Answer]:
        piece: Answer | None = self
        while piece:
            yield piece
            piece = piece.before


@dataclass(eq=False)
class Stored:
    """An answer, and the number of its message once it has one."""

    answer: Answer
    id: int | None = None


@dataclass(frozen=True, eq=False)
class Position:
    """Where a node stands: below which prompt, and in the middle of which answer."""

    message_id: int | None = None
    answer: Stored | None = None


@dataclass
class Tree:
    """The messages that have been read, and the answers that those of the model's are; `time` is for what has none."""

    time: float
    messages: list[Record] = field(default_factory=list)
    answers: list[Stored] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    leaf_id: int | None = None
    size: int = 0  # characters of all messages


def tree_of(mapping: dict[str, Any], current: Any, time: float) -> Tree:
    """What stands in the nodes, from the roots on, the first child first; `current` is the open one.

    Raises Malformed if it is too much.
    """
    tree = Tree(time)
    positions, below = _walk(tree, mapping)
    if tree.messages:
        tree.leaf_id = _leaf(current, positions, below) or tree.messages[-1]["id"]
    return tree


def _walk(tree: Tree, mapping: dict[str, Any]) -> tuple[dict[str, Position], dict[str, str]]:
    """Read every node once, be there circles; where each stands, and the first node below it."""
    nodes = {id_: node for id_, node in mapping.items() if isinstance(node, dict)}
    roots = [id_ for id_, node in nodes.items() if not _known(node.get("parent"), nodes)]
    waiting = [(id_, Position()) for id_ in reversed(roots)]
    positions: dict[str, Position] = {}
    below: dict[str, str] = {}
    found = set(roots)
    while waiting:
        id_, above = waiting.pop()
        positions[id_] = position = _read(tree, nodes[id_].get("message"), above)
        children = list(dict.fromkeys(child for child in entries(nodes[id_].get("children")) if _known(child, nodes)))
        children = [child for child in children if child not in found]
        found.update(children)
        waiting += [(child, position) for child in reversed(children)]
        if children:
            below[id_] = children[0]
        elif position.answer:
            _store(tree, position.answer)
    return positions, below


def _read(tree: Tree, message: Any, above: Position) -> Position:
    """The position after a message; one that is none changes nothing."""
    if not isinstance(message, dict):
        return above
    author, metadata = _dict(message.get("author")), _dict(message.get("metadata"))
    role, content = author.get("role"), _dict(message.get("content"))
    if role not in ("user", "assistant", "tool") or metadata.get("is_visually_hidden_from_conversation"):
        return above
    if content.get("content_type") == "text" and (role == "tool" or message.get("recipient") not in (None, "all")):
        tree.left_out["tool message"] += any(map(bool, entries(content.get("parts"))))
        return above
    what = said(content)
    tree.left_out.update(what.left_out)
    time = sensible_time(message.get("create_time"), tree.time)
    if role == "user":
        return _prompt(tree, what, time, above) if what.text.strip() else above
    return _answered(tree, what, metadata, time, above)


def _prompt(tree: Tree, what: Said, time: float, above: Position) -> Position:
    parent = _store(tree, above.answer) if above.answer else above.message_id
    _refuse_large(tree, len(what.text))
    return Position(_message(tree, parent, "user", what.text, time))


def _answered(tree: Tree, what: Said, metadata: dict[str, Any], time: float, above: Position) -> Position:
    """The answer goes on; what the model says before any prompt is left out, for nothing can answer nothing."""
    if not (what.text.strip() or what.reasoning.strip()):
        return above
    if above.message_id is None:
        tree.left_out["greeting before the first prompt"] += 1
        return above
    before = above.answer.answer if above.answer else None
    ending = _dict(metadata.get("finish_details")).get("type")
    status, reason = _ENDINGS.get(ending if isinstance(ending, str) else "", (Status.COMPLETE, "stop"))
    model = next((m for m in (metadata.get("model_slug"), before and before.model) if isinstance(m, str) and m), "")
    size = (before.size if before else 0) + len(what.text) + len(what.reasoning) + len(_BETWEEN)
    began = before.time if before else time
    answer = Answer(above.message_id, model, began, before, what, size, status, reason)
    return Position(above.message_id, Stored(answer))


def _store(tree: Tree, stored: Stored) -> int:
    """The message of an answer, made once however many branches go on from it."""
    if stored.id is None:
        answer = stored.answer
        _refuse_large(tree, answer.size)
        stored.id = _message(tree, answer.prompt_id, "assistant", answer.text, answer.time)
        tree.answers.append(stored)
    return stored.id


def _refuse_large(tree: Tree, more: int) -> None:
    tree.size += more
    if tree.size > LARGEST:
        raise Malformed("one conversation in it is too large")


def _message(tree: Tree, parent: int | None, role: str, text: str, time: float) -> int:
    id_ = len(tree.messages) + 1
    tree.messages.append({"id": id_, "parent_id": parent, "role": role, "created_at": iso(time), "text": text})
    return id_


def _leaf(current: Any, positions: dict[str, Position], below: dict[str, str]) -> int | None:
    """The newest message above the open node, or at it."""
    position = positions.get(current) if isinstance(current, str) else None
    answer = position.answer if position else None
    while answer and answer.id is None and current in below:  # it goes on in the first of its branches
        current = below[current]
        answer = positions[current].answer
    if answer:
        return answer.id
    return position.message_id if position else None


def sensible_time(value: Any, otherwise: float) -> float:
    """Seconds since 1970, if the value can be that."""
    sensible = type(value) in (int, float) and math.isfinite(value) and _EARLIEST < value < _LATEST
    return value if sensible else otherwise


def iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="microseconds")


def entries(value: Any) -> Iterator[Any]:
    """What is in a list; nothing if it is none."""
    yield from value if isinstance(value, list) else ()


def _known(id_: Any, nodes: Container[str]) -> bool:
    return isinstance(id_, str) and id_ in nodes


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
