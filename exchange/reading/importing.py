"""An import as it runs, in a thread of its own: first the whole file is read and checked, then it comes in.

So a file with something wrong in it changes nothing, and yet nobody who writes meanwhile waits for longer than a few
conversations take: to store a large file at once would keep the one writer busy for minutes. What is stopped while it
comes in, or meets a full disk, leaves whole conversations, and the same file brings the others later.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from exchange.reading.conversations import conversations
from exchange.reading.json_stream import NotJson
from exchange.reading.sources import Source
from exchange.reading.summary import Summary
from llm.types import PlaygroundError
from storage.exchange.checking import Malformed
from storage.exchange.schema import MESSAGES, Record, rows

MOST_AT_ONCE = 20  # conversations that are stored together
MOST_CHARACTERS = 300_000  # in them, but for the last
CHECKING_SHARE = 0.2  # of the time that an import takes
UNEXPECTED = "Something went wrong with this file, and nothing more came in. Try it again, or export it anew."


class Stage(StrEnum):
    """How far an import has got."""

    CHECKING = "checking"
    ADDING = "adding"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Taking(Protocol):
    """What takes conversations in: `storage.exchange.arrival.Arrival`."""

    def knows(self, record: Record) -> bool: ...
    def take(self, records: list[Record]) -> None: ...
    def finish(self) -> None: ...


@dataclass
class Import:
    """One import: how far it is, and at its end what came of it. Any thread may look at it and stop it."""

    name: str  # the file's, as its owner calls it
    source: Source
    stage: Stage = Stage.CHECKING
    problem: str = ""  # one sentence, if it failed
    found: int = 0  # conversations that were read in this stage
    summary: Summary = field(default_factory=Summary)
    began: float = field(default_factory=time.monotonic)
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        return self.stage in (Stage.CHECKING, Stage.ADDING)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        if not self.running:
            return 1.0
        if self.stage is Stage.CHECKING:
            return CHECKING_SHARE * self.source.share
        return CHECKING_SHARE + (1 - CHECKING_SHARE) * self.source.share

    @property
    def seconds_left(self) -> float | None:
        """A guess; None while there is nothing to guess from."""
        taken = time.monotonic() - self.began
        return taken / self.share * (1 - self.share) if self.share > 0.02 and taken > 1 else None

    def stop(self) -> None:
        self._stop.set()

    def run(self, arrival: Taking) -> None:
        """Check, then take in. Raises nothing: `stage` and `problem` say how it ended."""
        try:
            for _ in self._read(Stage.CHECKING):
                pass
            if self._stop.is_set():
                self.stage = Stage.STOPPED
                return
            try:
                self._add(arrival)
            finally:
                arrival.finish()
            self.stage = Stage.STOPPED if self._stop.is_set() else Stage.DONE
        except (NotJson, Malformed) as error:
            self._fail(f"“{self.name}” was not imported: {error}. Nothing was changed.")
        except PlaygroundError as error:
            self._fail(str(error))
        except Exception:
            self._fail(UNEXPECTED)
            raise

    def _fail(self, problem: str) -> None:
        self.problem, self.stage = problem, Stage.FAILED

    def _read(self, stage: Stage) -> Iterator[tuple[Record | None, Counter[str]]]:
        """The conversations of the file, until it ends or the import is stopped."""
        self.stage, self.found = stage, 0
        for read in conversations(self.source):
            if self._stop.is_set():
                return
            self.found += 1
            yield read

    def _add(self, arrival: Taking) -> None:
        waiting = Waiting(arrival.take, self.summary)
        for record, left_out in self._read(Stage.ADDING):
            if record is None:
                self.summary.empty += 1
                continue
            if waiting.alike(record):
                waiting.store()
            if arrival.knows(record):
                self.summary.known += 1
                continue
            self.summary.miss(record["title"], left_out)
            waiting.add(record)
        waiting.store()


@dataclass
class Waiting:
    """Records that will be stored together."""

    take: Callable[[list[Record]], None]
    summary: Summary
    records: list[Record] = field(default_factory=list)
    size: int = 0  # characters

    def alike(self, record: Record) -> bool:
        """Whether one of them may be the same conversation."""
        names = {record["id"], record["source"]} - {None}
        return any(names & {other["id"], other["source"]} for other in self.records)

    def add(self, record: Record) -> None:
        self.records.append(record)
        self.size += sum(len(message["text"]) for message in rows(record, MESSAGES))
        if len(self.records) >= MOST_AT_ONCE or self.size >= MOST_CHARACTERS:
            self.store()

    def store(self) -> None:
        if self.records:
            self.take(self.records)
            for record in self.records:
                self.summary.add(record)
        self.records, self.size = [], 0


def import_of(path: Path, name: str) -> Import:
    """An import of a file that is called so."""
    return Import(name, Source(path))
