"""What exports for training would hold, worked out one after the other in a thread of their own."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from exchange.writing.exports import Wanted
from exchange.writing.training import Checked, checked
from storage.exchange.schema import Record

FRESH = 20.0  # seconds for which what was found out about examples holds
MOST_CHECKS = 20  # that are remembered
Read = Callable[[Wanted], Iterable[Record]]


@dataclass(eq=False)
class Check:
    """Something that is being worked out, how many wait for it, and when it was done."""

    future: Future[Checked] = field(default_factory=Future)
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: int = 0
    done_at: float | None = None  # on the monotonic clock

    def begin(self, pool: ThreadPoolExecutor, work: Callable[[], Checked]) -> None:
        self.future = pool.submit(work)
        self.future.add_done_callback(self._note)

    def _note(self, _: Future[Checked]) -> None:
        self.done_at = time.monotonic()

    @property
    def holds(self) -> bool:
        """Whether it is still being worked out, or has been, well and lately."""
        if not self.future.done():
            return True
        failed = self.future.cancelled() or self.future.exception() is not None
        return not failed and self.done_at is not None and time.monotonic() - self.done_at <= FRESH

    def end(self) -> None:
        self.stop.set()
        self.future.cancel()


class Checks:
    """Checks by what they are of. One that nobody waits for any more ends when another begins. For any thread."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._checks: dict[Wanted, Check] = {}
        self._pool = ThreadPoolExecutor(1, "checks")
        self._lock = threading.Lock()

    @contextmanager
    def waited(self, wanted: Wanted) -> Iterator[Future[Checked]]:
        """What an export for training would hold, for somebody who waits for it; worked out anew a while after."""
        with self._lock:
            check = self._begun(wanted)
            check.waiting += 1
        try:
            yield check.future
        finally:
            with self._lock:
                check.waiting -= 1

    def _begun(self, wanted: Wanted) -> Check:
        known = self._checks.get(wanted)
        if known and known.holds:
            return known
        self._end_forgotten()
        check = self._checks[wanted] = Check()
        check.begin(self._pool, lambda: self._work(wanted, check.stop))
        return check

    def _end_forgotten(self) -> None:
        """Nobody waits for what was asked for before, as where another model has been chosen since."""
        idle = [(wanted, check) for wanted, check in self._checks.items() if not check.waiting]
        for place, (wanted, check) in enumerate(idle, start=1):
            if not (check.holds and check.future.done()) or len(idle) - place >= MOST_CHECKS:
                check.end()
                del self._checks[wanted]

    def _work(self, wanted: Wanted, stop: threading.Event) -> Checked:
        return checked(_until(stop, self._read(wanted)), wanted.model, wanted.chosen)

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            for check in self._checks.values():
                check.end()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _until(stop: threading.Event, records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        if stop.is_set():
            raise CancelledError
        yield record
