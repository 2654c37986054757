"""What belongs to a conversation, table by table: what is exported, in which form, and what refers to what.

A record of a conversation has its own columns by their names, and below the name of each of `PARTS` a list of rows. A
column that is not named here is the file's own business: numbers of rows, which order and are given anew, what a
conversation is for, deletions, and which replies came in. `tests/storage/test_exchange.py` sees that no other is left
out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Record = dict[str, Any]


class Kind(StrEnum):
    """What stands in a column, and how it is written in a record."""

    KEY = "key"  # names a row for other programs, too
    TEXT = "text"
    TAG = "tag"
    TIME = "time"
    COUNT = "count"
    SECONDS = "seconds"
    MONEY = "money"  # decimal text, US dollars
    STATUS = "status"
    PURPOSE = "purpose"  # of a reply: "chat", or "rerun" if a replay brought it
    PROVENANCE = "provenance"
    ROLE = "role"
    THUMB = "thumb"
    STATE = "state"
    WAY = "way"
    PARAMETERS = "parameters"  # an object, as JSON text in the file
    SENT = "sent"  # likewise
    ECHOED = "echoed"  # likewise
    CHUNKS = "chunks"  # two lists of numbers, likewise
    MESSAGE = "message"  # the id of a message of this conversation
    ELSEWHERE = "elsewhere"  # the id of a message of any conversation
    CONTEXT = "context"  # ids of messages of this conversation: "7-46,49"
    RERUN = "rerun"  # the id of one of its reruns


IN_JSON = {Kind.PARAMETERS, Kind.SENT, Kind.ECHOED, Kind.CHUNKS}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; where `optional`, it may be empty."""

    name: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, which of its columns are exported, which of its rows belong to a conversation, and in which order."""

    name: str
    columns: tuple[Column, ...]
    of_conversation: str
    order: str
    unique: tuple[str, ...] = ()  # the columns that tell its rows apart


def _columns(*named: tuple[str, Kind]) -> tuple[Column, ...]:
    """Columns by their names; a ? at the end of one says that it may be empty."""
    return tuple(Column(name.removesuffix("?"), kind, name.endswith("?")) for name, kind in named)


_OF_MESSAGES = "message_id IN (SELECT id FROM messages WHERE conversation_id = ?)"
_OF_RERUNS = "rerun_id IN (SELECT id FROM reruns WHERE conversation_id = ?)"
_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")

CONVERSATION = Table(
    "conversations",
    _columns(
        ("id", Kind.KEY),
        ("source?", Kind.TEXT),
        ("title", Kind.TEXT),
        ("created_at", Kind.TIME),
        ("updated_at", Kind.TIME),
        ("connection", Kind.TEXT),
        ("model", Kind.TEXT),
        ("parameters", Kind.PARAMETERS),
        ("leaf_id", Kind.MESSAGE),
        ("pinned_at?", Kind.TIME),
        ("archived_at?", Kind.TIME),
    ),
    "id = ?",
    "id",
)
MESSAGES = Table(
    "messages",
    _columns(
        ("id", Kind.MESSAGE),
        ("parent_id?", Kind.MESSAGE),
        ("role", Kind.ROLE),
        ("created_at", Kind.TIME),
        ("copied_from?", Kind.ELSEWHERE),
        ("text", Kind.TEXT),
    ),
    "conversation_id = ?",
    "id",
)
REPLIES = Table(
    "replies",
    _columns(
        ("id", Kind.KEY),
        ("message_id", Kind.MESSAGE),
        ("purpose?", Kind.PURPOSE),
        ("text_start", Kind.COUNT),
        ("requests", Kind.COUNT),
        ("connection", Kind.TEXT),
        ("model", Kind.TEXT),
        ("status", Kind.STATUS),
        ("finish_reason?", Kind.TEXT),
        ("started_at", Kind.TIME),
        ("ended_at?", Kind.TIME),
        ("first_token_seconds?", Kind.SECONDS),
        ("duration_seconds?", Kind.SECONDS),
        *((f"{name}?", Kind.COUNT) for name in _USAGE),
        *((f"estimated_{name}?", Kind.COUNT) for name in _USAGE),
        ("cost?", Kind.MONEY),
        ("cost_provenance?", Kind.PROVENANCE),
        ("input_price?", Kind.MONEY),
        ("cached_price?", Kind.MONEY),
        ("output_price?", Kind.MONEY),
        ("price_date?", Kind.TEXT),
        ("price_source?", Kind.TEXT),
        ("error_kind?", Kind.TEXT),
        ("error_text?", Kind.TEXT),
        ("error_detail?", Kind.TEXT),
        ("request_id?", Kind.TEXT),
        ("request_hash?", Kind.TEXT),
        ("parameters", Kind.PARAMETERS),
        ("sent?", Kind.SENT),
        ("context_ids?", Kind.CONTEXT),
        ("reasoning", Kind.TEXT),
        ("chunk_times?", Kind.CHUNKS),
        ("echoed?", Kind.ECHOED),
    ),
    _OF_MESSAGES,
    "sequence",
    ("id",),
)
RATINGS = Table(
    "ratings",
    _columns(("message_id", Kind.MESSAGE), ("thumb", Kind.THUMB), ("rated_at", Kind.TIME), ("word", Kind.TEXT)),
    _OF_MESSAGES,
    "message_id",
    ("message_id",),
)
MOMENTS = Table(
    "moments",
    _columns(("message_id", Kind.MESSAGE), ("position", Kind.COUNT), ("caption", Kind.TEXT)),
    "conversation_id = ?",
    "position",
    ("message_id",),
)
TAGS = Table("conversation_tags", _columns(("tag", Kind.TAG)), "conversation_id = ?", "tag", ("tag",))
RERUNS = Table(
    "reruns",
    _columns(
        ("id", Kind.KEY),
        ("created_at", Kind.TIME),
        ("state", Kind.STATE),
        ("way", Kind.WAY),
        ("connection", Kind.TEXT),
        ("model", Kind.TEXT),
        ("parameters", Kind.PARAMETERS),
    ),
    "conversation_id = ?",
    "sequence",
    ("id",),
)
RERUN_TURNS = Table(
    "rerun_turns",
    _columns(
        ("rerun_id", Kind.RERUN),
        ("turn", Kind.COUNT),
        ("prompt_id", Kind.MESSAGE),
        ("original_id?", Kind.MESSAGE),
        ("asked_id?", Kind.MESSAGE),
        ("message_id?", Kind.MESSAGE),
    ),
    _OF_RERUNS,
    "rerun_id, turn",
    ("rerun_id", "turn"),
)
RERUN_REPLIES = Table(
    "rerun_replies",
    _columns(("rerun_id", Kind.RERUN), ("message_id", Kind.MESSAGE)),
    _OF_RERUNS,
    "rerun_id, message_id",
    ("rerun_id", "message_id"),
)
PARTS = (MESSAGES, REPLIES, RATINGS, MOMENTS, TAGS, RERUNS, RERUN_TURNS, RERUN_REPLIES)


def rows(record: Mapping[str, Any], table: Table) -> list[Record]:
    """The rows of one of the parts of a record."""
    return record.get(table.name, [])
