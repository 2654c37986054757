"""Where files leave and arrive: what a page offers is fetched by a ticket, and what it receives comes in by one."""

import threading
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from secrets import token_urlsafe
from typing import Protocol

from exchange.checks import Checks
from exchange.reading.importing import Import, Taking, import_of
from exchange.tickets import Tickets
from exchange.writing.exports import File, Kept, Wanted, export
from exchange.writing.training import Checked
from llm.types import PlaygroundError

CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for an import to stop
BUSY = "Another file is being imported. Wait for its end, then try again."


class Exchanged(Kept, Protocol):
    """The room of the store that conversations leave and enter by."""

    def arrival(self) -> Taking: ...


class Desk:
    """Exports and the one import that runs at a time; any thread may call it. Files that arrive wait in `folder`."""

    def __init__(self, exchanged: Exchanged, folder: Path) -> None:
        self._exchanged, self._folder = exchanged, folder
        self._exports: Tickets[Wanted] = Tickets()
        self._uploads: Tickets[str] = Tickets()
        self._checks = Checks(lambda wanted: wanted.records(exchanged))
        self._lock = threading.Lock()
        self._import: Import | None = None
        self._thread: threading.Thread | None = None
        for left in folder.glob("*.part"):  # by a process that was killed
            left.unlink(missing_ok=True)

    def ticket(self, wanted: Wanted) -> str:
        """What an export is fetched by; nobody can guess it."""
        return self._exports.issue(wanted)

    def file(self, ticket: str) -> File | None:
        """What the ticket was issued for, as it is now; None once it has expired."""
        wanted = self._exports.find(ticket)
        return wanted and export(wanted, self._exchanged)

    def check(self, wanted: Wanted) -> AbstractContextManager[Future[Checked]]:
        """What an export for training would hold, for as long as somebody waits for it."""
        return self._checks.waited(wanted)

    def upload_ticket(self, whose: str) -> str:
        """What a file may be brought by, once; who asks again before that gets the same."""
        return self._uploads.issue(whose)

    def place_for(self, ticket: str) -> Path:
        """Where to put a file that arrives. Raises PlaygroundError if the ticket is none, or an import is running."""
        if self._import and self._import.running:
            raise PlaygroundError(BUSY)
        if self._uploads.take(ticket) is None:
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
        self._checks.close()
        if self._import:
            self._import.stop()
        if self._thread:
            self._thread.join(CLOSE_TIMEOUT)
