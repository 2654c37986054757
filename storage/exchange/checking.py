"""Whether a record can be a conversation of ours: what is stored must never break a page."""

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from llm.types import LAST_MOMENT, Echoed, Parameters, PlaygroundError, Provenance, Status
from storage.chats.growing import CHAT, RERUN
from storage.chats.labels import LONGEST_TAG, MOST_TAGS
from storage.exchange.schema import (
    CONVERSATION,
    MESSAGES,
    PARTS,
    REPLIES,
    RERUNS,
    TAGS,
    Column,
    Kind,
    Record,
    Table,
    rows,
)

_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SPANS = re.compile(r"(?:\d{1,18}(?:-\d{1,18})?(?:,(?!$)|$))*")
_LARGEST = 2**53  # what a browser counts up to
_PARAMETERS = {field.name for field in fields(Parameters)}
_ECHOED = {field.name for field in fields(Echoed)}
_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
_TOGETHER = (  # known together, or not at all
    _USAGE,
    tuple(f"estimated_{name}" for name in _USAGE),
    ("error_kind", "error_text", "error_detail"),
    ("sent", "context_ids", "request_hash"),
)
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Malformed(PlaygroundError):
    """A record that is no conversation of ours; its text is a part of a sentence: what is wrong and where."""


def check(record: Any) -> Record:
    """The record if it is a whole conversation. Raises Malformed."""
    if not isinstance(record, dict):
        raise Malformed("a conversation is no object")
    _check_row(record, CONVERSATION)
    for table in PARTS:
        listed = record.setdefault(table.name, [])
        if not isinstance(listed, list):
            raise Malformed(f"“{table.name}” is no list")
        for row in listed:
            _check_row(row, table)
        if table.unique and len({tuple(row[name] for name in table.unique) for row in listed}) < len(listed):
            raise Malformed(f"“{table.name}” has a row twice")
    if len(rows(record, TAGS)) > MOST_TAGS:
        raise Malformed("a conversation has too many tags")
    _check_tree(rows(record, MESSAGES))
    _check_references(record)
    return record


def _check_row(row: Any, table: Table) -> None:
    if not isinstance(row, dict):
        raise Malformed(f"“{table.name}” has a row that is no object")
    for column in table.columns:
        value = row.setdefault(column.name, None)
        fits = column.optional if value is None else _FITS[column.kind](value)
        if not fits:
            raise Malformed(f"“{column.name}” in “{table.name}” is missing or makes no sense")


def _check_tree(messages: list[Record]) -> None:
    """Each message must come after the one that it follows, which keeps the tree from having circles."""
    seen: set[int] = set()
    for message in messages:
        if message["id"] in seen or not (message["parent_id"] is None or message["parent_id"] in seen):
            raise Malformed("the messages are no tree")
        seen.add(message["id"])


def _check_references(record: Record) -> None:
    messages = {message["id"]: message for message in rows(record, MESSAGES)}
    reruns = {rerun["id"] for rerun in rows(record, RERUNS)}
    known: dict[Kind, Collection[Any]] = {Kind.MESSAGE: messages, Kind.RERUN: reruns}
    for table, listed in ((CONVERSATION, [record]), *((table, rows(record, table)) for table in PARTS)):
        for column in (column for column in table.columns if column.kind in (*known, Kind.CONTEXT)):
            for row in listed:
                if not _is_known(row[column.name], column, known):
                    raise Malformed(f"“{column.name}” in “{table.name}” names what is not there")
    for reply in rows(record, REPLIES):
        message = messages[reply["message_id"]]
        if message["role"] != "assistant" or reply["text_start"] > len(message["text"]):
            raise Malformed("a reply belongs to no message of the model's")
        if any(len({reply[name] is None for name in group}) > 1 for group in _TOGETHER):
            raise Malformed("a reply has one half of what belongs together")


def _is_known(value: Any, column: Column, known: Mapping[Kind, Collection[Any]]) -> bool:
    if value is None:
        return True
    if column.kind is not Kind.CONTEXT:
        return value in known[column.kind]
    ends = [part.partition("-") for part in value.split(",") if part]
    lengths = [int(last or first) - int(first) + 1 for first, _, last in ends]
    return all(length > 0 for length in lengths) and sum(lengths) <= len(known[Kind.MESSAGE])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _is_time(value: Any) -> bool:
    try:
        moment = datetime.fromisoformat(value)
        return moment.tzinfo is not None and _EARLIEST < moment < _LATEST
    except (TypeError, ValueError, OverflowError):
        return False


def _is_money(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) < 100 and 0 <= Decimal(value) < _LARGEST
    except InvalidOperation:  # NaN among them
        return False


def _is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < _LARGEST


def _are_parameters(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() <= _PARAMETERS:
        return False
    stops = value.get("stop_sequences", [])
    numbers = all(abs(number) < _LARGEST for number in value.values() if type(number) in (int, float))
    plain = all(isinstance(part, str | int | float) for name, part in value.items() if name != "stop_sequences")
    return numbers and plain and isinstance(stops, list) and all(isinstance(text, str) for text in stops)


def _is_sent(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("body"), dict):
        return False
    dropped, continuation = value.get("dropped"), value.get("continuation")
    pairs = isinstance(dropped, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in dropped)
    texts = pairs and all(isinstance(text, str) for pair in dropped for text in pair)
    return texts and (continuation is None or isinstance(continuation, str))


def _is_echoed(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() <= _ECHOED:
        return False
    texts = all(isinstance(part, str) for name, part in value.items() if name != "created")
    created = value.get("created", 1)
    return texts and type(created) is int and 0 < created <= LAST_MOMENT


def _are_chunks(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, list) for part in value)):
        return False
    return len(value[0]) == len(value[1]) and all(type(n) is int and abs(n) < _LARGEST for part in value for n in part)


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_json_size(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """What can also be written as JSON: it may be nested more deeply than that goes."""

    def fits_and_can_be_written(value: Any) -> bool:
        try:
            return fits(value) and bool(json.dumps(value, allow_nan=False))
        except (RecursionError, ValueError):
            return False

    return fits_and_can_be_written


_FITS: dict[Kind, Callable[[Any], bool]] = {
    Kind.KEY: lambda value: isinstance(value, str) and _KEY.fullmatch(value) is not None,
    Kind.TEXT: _is_text,
    Kind.TAG: lambda value: isinstance(value, str) and 0 < len(value) <= LONGEST_TAG,
    Kind.TIME: _is_time,
    Kind.COUNT: _is_count,
    Kind.SECONDS: _is_seconds,
    Kind.MONEY: _is_money,
    Kind.STATUS: _one_of(*Status),
    Kind.PURPOSE: _one_of(CHAT, RERUN),
    Kind.PROVENANCE: _one_of(*Provenance),
    Kind.ROLE: _one_of("user", "assistant"),
    Kind.THUMB: _one_of("up", "down"),
    Kind.STATE: _one_of("planned", "running", "paused", "done", "cancelled"),
    Kind.WAY: _one_of("original", "own"),
    Kind.PARAMETERS: _are_parameters,
    Kind.SENT: _is_json_size(_is_sent),
    Kind.ECHOED: _is_echoed,
    Kind.CHUNKS: _are_chunks,
    Kind.MESSAGE: _is_count,
    Kind.ELSEWHERE: _is_count,
    Kind.CONTEXT: lambda value: isinstance(value, str) and _SPANS.fullmatch(value) is not None,
    Kind.RERUN: lambda value: isinstance(value, str) and _KEY.fullmatch(value) is not None,
}
