"""Conversations in the playground's own format, complete: what is written here can be read in again."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from exchange.file_format import FORMAT, VERSION
from storage.exchange.schema import Record


def json_file(records: Iterable[Record]) -> Iterator[str]:
    """The parts of the file, one for each conversation, so that none has to wait in the memory for another."""
    header = {"format": FORMAT, "version": VERSION, "exported_at": datetime.now(UTC).isoformat(timespec="seconds")}
    yield json.dumps(header)[:-1] + ', "conversations": ['
    between = "\n"
    for record in records:
        yield between + json.dumps(record, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"
