"""Where files leave and arrive: what a page offers is fetched by a ticket, and what it receives comes in by one."""

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Protocol, TypeVar

from exchange.reading.importing import Import, Taking, import_of
from exchange.writing.exports import File, Kept, Wanted, export
from exchange.writing.training import Checked, checked
from llm.types import PlaygroundError

MOST_TICKETS = 200  # that are remembered; the oldest ones expire first, and what they are for may be a long list
FRESH = 20.0  # seconds for which what was found out about examples holds
CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for an import to stop
T = TypeVar("T")
BUSY = "Another file is being imported. Wait for its end, then try again."


class Exchanged(Kept, Protocol):
    """The room of the store that conversations leave and enter by."""

    def arrival(self) -> Taking: ...


@dataclass
class Check:
    """Something that is being worked out, and when it was."""

    future: Future[Checked]
    done_at: float | None = None  # on the monotonic clock

    def __post_init__(self) -> None:
        self.future.add_done_callback(self._note)

    def _note(self, _: Future[Checked]) -> None:
        self.done_at = time.monotonic()

    @property
    def stale(self) -> bool:
        return self.done_at is not None and time.monotonic() - self.done_at > FRESH


class Desk:
    """Exports and the one import that runs at a time; any thread may call it. Files that arrive wait in `folder`."""

    def __init__(self, exchanged: Exchanged, folder: Path) -> None:
        self._exchanged, self._folder = exchanged, folder
        self._exports: OrderedDict[str, Wanted] = OrderedDict()
        self._uploads: OrderedDict[str, None] = OrderedDict()
        self._checks: OrderedDict[Wanted, Check] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, "checks")
        self._lock = threading.Lock()
        self._import: Import | None = None
        self._thread: threading.Thread | None = None
        for left in folder.glob("*.part"):  # by a process that was killed
            left.unlink(missing_ok=True)

    def ticket(self, wanted: Wanted) -> str:
        """What an export is fetched by; nobody can guess it."""
        return _issue(self._exports, wanted)

    def file(self, ticket: str) -> File | None:
        """What the ticket was issued for, as it is now; None once it has expired."""
        wanted = self._exports.get(ticket)
        return wanted and export(wanted, self._exchanged)

    def check(self, wanted: Wanted) -> Future[Checked]:
        """What an export for training would hold; worked out anew a while after it was."""
        with self._lock:
            known = self._checks.get(wanted)
            if known is None or known.stale:
                _make_room(self._checks)
                known = self._checks[wanted] = Check(self._pool.submit(self._checked, wanted))
            return known.future

    def _checked(self, wanted: Wanted) -> Checked:
        return checked(wanted.records(self._exchanged), wanted.model, wanted.chosen)

    def upload_ticket(self) -> str:
        """What a file may be brought by, once."""
        return _issue(self._uploads, None)

    def place_for(self, ticket: str) -> Path:
        """Where to put a file that arrives. Raises PlaygroundError if the ticket is none, or an import is running."""
        if self._import and self._import.running:
            raise PlaygroundError(BUSY)
        if self._uploads.pop(ticket, self) is self:
            raise PlaygroundError("The page is too old for this. Reload it, then choose the file again.")
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{token_urlsafe(12)}.part"

    def begin(self, path: Path, name: str) -> Import:
        """Import a file, in a thread of its own, and remove it after that. Raises PlaygroundError if one is running."""
        with self._lock:
            if self._import and self._import.running:
                raise PlaygroundError(BUSY)
            job = self._import = import_of(path, name)
            self._thread = threading.Thread(target=self._run, args=(job, path), name="import", daemon=True)
            self._thread.start()
            return job

    def _run(self, job: Import, path: Path) -> None:
        try:
            job.run(self._exchanged.arrival())
        finally:
            with suppress(OSError):
                path.unlink()

    @property
    def importing(self) -> Import | None:
        """The import that is running, or the last one until it is dismissed."""
        return self._import

    def dismiss(self) -> None:
        """Forget how the last import ended."""
        with self._lock:
            if self._import and not self._import.running:
                self._import = None

    def close(self) -> None:
        """Stop what is running: whole conversations have come in by then."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._import:
            self._import.stop()
        if self._thread:
            self._thread.join(CLOSE_TIMEOUT)


def _issue(issued: "OrderedDict[str, T]", value: T) -> str:
    _make_room(issued)
    ticket = token_urlsafe(16)
    issued[ticket] = value
    return ticket


def _make_room(kept: OrderedDict) -> None:
    while len(kept) >= MOST_TICKETS:
        with suppress(KeyError):  # another thread was faster
            kept.popitem(last=False)
