"""How many requests may be under way, and when the next one may leave."""

import time
from collections.abc import Callable

LONGEST_PAUSE = 60.0  # seconds, where the server names no time


class Throttle:
    """Halves the concurrency when a server refuses and wins it back reply by reply; for one thread.

    Of the requests that are under way together only the first refusal counts: the others left too early to know of it.
    """

    def __init__(self, most: int, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._interval = 60 / per_minute if per_minute else 0.0
        self._limit = float(most)
        self._not_before = self._slowed_at = clock()
        self.refusals = 0  # in a row, however many requests shared each

    @property
    def limit(self) -> int:
        """How many requests may be under way at once."""
        return int(self._limit)

    def wait(self, under_way: int) -> float | None:
        """Seconds until the next request may leave; None if one of those under way has to end first."""
        return None if under_way >= self.limit else max(0.0, self._not_before - self._clock())

    def depart(self) -> float:
        """A request leaves; the moment, to tell with its refusal."""
        now = self._clock()
        self._not_before = max(self._not_before, now + self._interval)
        return now

    def refused(self, departed: float, seconds: float) -> None:
        """The server refused a request that left then, and asks to wait so many seconds."""
        now = self._clock()
        if departed >= self._slowed_at:
            self._limit, self._slowed_at = max(1.0, self._limit // 2), now
            self.refusals += 1
        self._not_before = max(self._not_before, now + seconds)

    def given_up(self, departed: float) -> None:
        """A request was refused as often as it was tried: each time in a row the pause is longer."""
        self.refused(departed, 0.0)
        pause = min(LONGEST_PAUSE, 2.0 ** (self.refusals - 1))
        self._not_before = max(self._not_before, self._clock() + pause)

    def answered(self) -> None:
        """The server answered a request."""
        self.refusals = 0
        self._limit = min(float(self._most), self._limit + 1 / self._limit)
