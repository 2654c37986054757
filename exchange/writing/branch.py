"""The open branch of a conversation, as it is read by people and by models."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from llm.money import cost_text
from llm.types import Cost, Provenance, Status
from llm.words import counted
from storage.exchange.schema import MESSAGES, RATINGS, REPLIES, Record, rows

CUT_SHORT = {
    Status.STOPPED: "Stopped",
    Status.INCOMPLETE: "Incomplete",
    Status.FAILED: "Failed",
    Status.INTERRUPTED: "Interrupted",
    Status.STREAMING: "Still streaming",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the open branch; `replies` are the rows that wrote it, in their order."""

    id: int
    role: str
    text: str
    at: datetime
    replies: tuple[Record, ...]
    thumb: str = ""  # "up" or "down"

    @property
    def reply(self) -> Record | None:
        return self.replies[-1] if self.replies else None

    @property
    def model(self) -> str:
        return " + ".join(dict.fromkeys(reply["model"] for reply in self.replies))

    @property
    def thoughts(self) -> str:
        return "\n\n".join(reply["reasoning"] for reply in self.replies if reply["reasoning"])

    @property
    def ending(self) -> str:
        """How it ended, unless that was well."""
        if self.reply is None:
            return ""
        said = CUT_SHORT.get(Status(self.reply["status"]), "")
        why = self.reply["error_text"] if self.reply["status"] == Status.FAILED else ""
        return f"{said}: {why}" if said and why else said

    @property
    def made(self) -> str:
        """What made it, in a few figures."""
        return " · ".join(filter(None, (self.model, *map(_figures, self.replies))))


def open_branch(record: Record) -> list[Said]:
    """The messages from the first one to the open leaf."""
    return branch(record, record["leaf_id"])


def branch(record: Record, leaf: int) -> list[Said]:
    """The messages from the first one to this one."""
    by_id = {message["id"]: message for message in rows(record, MESSAGES)}
    replies: dict[int, list[Record]] = {}
    for reply in rows(record, REPLIES):
        replies.setdefault(reply["message_id"], []).append(reply)
    thumbs = {rating["message_id"]: rating["thumb"] for rating in rows(record, RATINGS)}
    path: list[Said] = []
    id_: int | None = leaf
    while id_ is not None:
        message = by_id[id_]
        at = datetime.fromisoformat(message["created_at"])
        written = tuple(replies.get(id_, ()))
        path.append(Said(id_, message["role"], message["text"], at, written, thumbs.get(id_, "")))
        id_ = message["parent_id"]
    return path[::-1]


def other_branches(record: Record) -> int:
    """How many branches there are beside the open one."""
    messages = rows(record, MESSAGES)
    followed = {message["parent_id"] for message in messages}
    return sum(message["id"] not in followed for message in messages) - (record["leaf_id"] not in followed)


def branches_text(record: Record) -> str:
    """That there is more than is shown; "" if there is not."""
    others = other_branches(record)
    return f"{counted(others, 'other branch', 'other branches')}: the JSON export has them." if others else ""


def _figures(reply: Record) -> str:
    reported = reply["output_tokens"] is not None
    tokens = reply["output_tokens"] if reported else reply["estimated_output_tokens"]
    return " · ".join(
        filter(
            None,
            (
                f"{'' if reported else '≈'}{counted(tokens, 'token')}" if tokens else "",
                f"{reply['duration_seconds']:.2f} s" if reply["duration_seconds"] is not None else "",
                cost_text(_cost(reply)) if tokens else "",
            ),
        )
    )


def _cost(reply: dict[str, Any]) -> Cost:
    amount = None if reply["cost"] is None else Decimal(reply["cost"])
    return Cost(amount, Provenance(reply["cost_provenance"] or Provenance.UNPRICED))
