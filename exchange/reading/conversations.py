"""The conversations in a file, whichever of the two formats it has, one at a time and each checked."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from exchange.file_format import FORMAT, VERSION
from exchange.reading.chatgpt import record_of
from exchange.reading.json_stream import JsonStream, NotJson
from exchange.reading.sources import Source
from llm.models.limits import problems
from llm.types import Parameters
from storage.exchange.checking import Malformed, check
from storage.exchange.schema import REPLIES, RERUNS, Record, rows

LONGEST_TITLE = 200  # characters
NEITHER = "it holds neither conversations of the playground nor of a ChatGPT export"

Read = tuple[Record | None, Counter[str]]


def conversations(source: Source) -> Iterator[Read]:
    """Each record, None for a conversation in which nothing was said, and what of it was left out.

    Raises NotJson or Malformed, whose texts say what is wrong.
    """
    for reader in source.files():
        stream = JsonStream(reader)
        yield from _of_chatgpt(stream) if stream.peek() == "[" else _ours(stream)
        stream.end()


def _of_chatgpt(stream: JsonStream) -> Iterator[Read]:
    for item in stream.items():
        if not isinstance(item, dict) or "mapping" not in item:
            raise Malformed(NEITHER)
        record, left_out = record_of(item)
        yield record and _titled(check(record)), left_out


def _ours(stream: JsonStream) -> Iterator[Read]:
    """The format and its version stand before the conversations, so that a stranger's file is known at once."""
    stream.take("{")
    header: dict[str, Any] = {}
    while (name := stream.value()) != "conversations":
        if not isinstance(name, str) or len(header) > 20:
            raise Malformed(NEITHER)
        stream.take(":")
        header[name] = stream.value()
        if stream.peek() == "}":
            raise Malformed(NEITHER)
        stream.take(",")
    stream.take(":")
    if header.get("format") != FORMAT:
        raise Malformed(NEITHER)
    if header.get("version") != VERSION:
        raise NotJson("it was written by a newer playground")
    for item in stream.items():
        yield _titled(_sensible(check(item))), Counter()
    stream.take("}")


def _sensible(record: Record) -> Record:
    """Settings that the controls could not show would break a page."""
    further = (row["parameters"] for table in (REPLIES, RERUNS) for row in rows(record, table))
    for chosen in (record["parameters"], *further):
        stops = tuple(chosen.get("stop_sequences", ()))
        if problems(Parameters(**chosen | {"stop_sequences": stops})):
            raise Malformed("a parameter has a value that no server could take")
    return record


def _titled(record: Record) -> Record:
    return record | {"title": record["title"][:LONGEST_TITLE]}
