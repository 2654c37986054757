"""Chosen conversations as one file, made piece by piece while it is sent."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exchange.writing.json_file import json_file
from exchange.writing.markdown import markdown
from exchange.writing.names import numbered, stem
from exchange.writing.training import Chosen, training_lines
from storage.exchange.schema import Record

PIECE = 64 << 10  # bytes that are sent at once, at least


class Format(StrEnum):
    """What a file may be; its ending."""

    MARKDOWN = "md"
    PAGE = "html"
    JSON = "json"
    TRAINING = "jsonl"


MEDIA = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.PAGE: "text/html; charset=utf-8",
    Format.JSON: "application/json",
    Format.TRAINING: "application/jsonl",
}
_ZIP = "application/zip"
_ONE_EACH = (Format.MARKDOWN, Format.PAGE)  # several conversations are several files, in a zip


class Kept(Protocol):
    """Where conversations are read: `storage.exchange.exchange.Exchange`."""

    def ids(self) -> list[str]: ...
    def record(self, conversation_id: str) -> Record | None: ...
    def records(self, ids: Iterable[str]) -> Iterator[Record]: ...


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: these conversations, None for all of them; `model` and `chosen` are for training."""

    format: Format
    ids: tuple[str, ...] | None = None
    model: str = ""
    chosen: Chosen = Chosen.OPEN

    def records(self, kept: Kept) -> Iterator[Record]:
        return kept.records(kept.ids() if self.ids is None else self.ids)


@dataclass(frozen=True)
class File:
    """A file with a safe name, and its bytes, which are made as they are taken."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def export(wanted: Wanted, kept: Kept) -> File:
    """The file of what is wanted."""
    single = wanted.ids is not None and len(wanted.ids) == 1
    first = next(kept.records(wanted.ids), None) if single and wanted.ids else None
    name = stem(first["title"]) if first else "conversations"
    if wanted.format in _ONE_EACH and not single:
        return File(f"{name}.zip", _ZIP, _in_pieces(_zipped(wanted.records(kept), wanted.format)))
    texts = (text.encode("utf-8", "replace") for text in _texts(wanted, wanted.records(kept)))
    return File(f"{name}.{wanted.format}", MEDIA[wanted.format], _in_pieces(texts))


def _texts(wanted: Wanted, records: Iterator[Record]) -> Iterator[str]:
    if wanted.format is Format.JSON:
        return json_file(records)
    if wanted.format is Format.TRAINING:
        return training_lines(records, wanted.model, wanted.chosen)
    return (text for record in records for text in _writer(wanted.format)(record))


def _writer(format: Format) -> Callable[[Record], Iterable[str]]:
    if format is Format.MARKDOWN:
        return markdown
    from exchange.writing.page import page

    return lambda record: [page(record)]


def _zipped(records: Iterable[Record], format: Format) -> Iterator[bytes]:
    """A zip with a file for each conversation; names that would be the same are numbered."""
    sink, taken, write = Sink(), dict[str, int](), _writer(format)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records:
            archive.writestr(
                f"{numbered(record['title'], taken)}.{format}", "".join(write(record)).encode("utf-8", "replace")
            )
            yield sink.take()
    yield sink.take()


class Sink(io.RawIOBase):
    """A file that is read while it is written, and cannot be gone back in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Sequence[int]) -> int:  # type: ignore[override]
        self._written += bytes(data)
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._written = bytes(self._written), bytearray()
        return taken


def _in_pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= PIECE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
