"""A recorded reply that plays again, as it came or faster: no request is sent, and nothing is stored."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from secrets import token_hex
from typing import Any, Protocol

from llm.replies.live import LiveReply
from llm.replies.recording import Recording, recordings_of
from llm.runner import Runner
from llm.types import ID_BYTES, Spent, Timing

AT_ONCE = math.inf  # a pace
CLOSE_TIMEOUT = 5.0  # seconds
WAITING = "Waiting for the first token, as it did then…"


class RecordStore(Protocol):
    """What a playback needs of the store's replies."""

    def chunk_times(self, reply_id: str) -> Timing: ...


class Clock:
    """Recorded seconds: they pass at a pace that any thread may change; one coroutine waits for them."""

    def __init__(self, pace: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._pace, self._passed, self._since = pace, 0.0, seconds()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    @property
    def pace(self) -> float:
        return self._pace

    def now(self) -> float:
        return AT_ONCE if self._pace == AT_ONCE else self._passed + (self._seconds() - self._since) * self._pace

    def turn(self, pace: float) -> None:
        """Let the time pass so many times as fast as it did from now on."""
        self._passed, self._since, self._pace = self.now(), self._seconds(), pace
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    async def until(self, moment: float) -> None:
        """Wait until so much of the recorded time has passed."""
        self._loop = asyncio.get_running_loop()
        while (left := moment - self.now()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left / self._pace):
                    await self._changed.wait()


class Recorded(LiveReply):
    """A reply of before while it plays: all that a live one has, from its record alone."""

    def __init__(
        self, conversation_id: str, message_id: int, text: str, recordings: Sequence[Recording], clock: Clock
    ) -> None:
        """`text` is what stood in the message before these requests wrote the rest of it."""
        super().__init__(token_hex(ID_BYTES), conversation_id, message_id, text)
        self.clock = clock
        self._recordings = recordings
        self.say(WAITING)

    async def play(self) -> None:
        """Fill the reply, on the loop that runs this, as it was filled before."""
        before, begun = Spent(), 0.0
        try:
            for recording in self._recordings:
                await self._play(recording, before, begun)
                before = before.plus(recording.usage, recording.cost, recording.reported)
                begun += max(recording.timing.chunk_times, default=0.0)
        finally:
            self.end()

    def stop(self) -> None:
        """End it where it is."""
        self.end()
        self.clock.turn(AT_ONCE)

    async def _play(self, recording: Recording, before: Spent, begun: float) -> None:
        self.figures = recording.figures(0, before, 0.0)
        written = 0
        for seconds, end in recording.steps():
            await self.clock.until(begun + seconds)
            if not self.live or self.clock.pace == AT_ONCE:
                break
            self.add(*recording.piece(written, end))
            written = max(written, end)
            self.figures = recording.figures(written, before, seconds)
        if self.live:
            self.figures = recording.figures(recording.whole, before, 0.0)
            self.add(*recording.piece(written, recording.whole))


class Playbacks:
    """The recorded replies that play now; any thread may call it."""

    def __init__(self, replies: RecordStore, runner: Runner) -> None:
        self._replies, self._runner = replies, runner
        self._playing: dict[str, tuple[Recorded, Future[None]]] = {}

    def play(self, conversation_id: str, message: Any, pace: float = 1.0) -> Recorded | None:
        """Play a stored message of the model's; None if no times of it were kept, so that nothing can be played."""
        recordings = recordings_of(message, self._replies.chunk_times)
        if not any(recording.timing.chunk_times for recording in recordings):
            return None
        before = message.text[: (message.replies or message.original)[0].text_start]
        recorded = Recorded(conversation_id, message.id, before, recordings, Clock(pace))
        future = self._runner.submit(recorded.play())
        self._playing[recorded.id] = recorded, future
        future.add_done_callback(lambda _: self._playing.pop(recorded.id, None))
        return recorded

    def find(self, playback_id: str) -> Recorded | None:
        """A recorded reply, as long as it plays."""
        playing = self._playing.get(playback_id)
        return playing[0] if playing else None

    def stop(self, playback_id: str) -> None:
        """End a playback. Nothing happens if it has ended already."""
        if recorded := self.find(playback_id):
            recorded.stop()

    def stop_in(self, conversation_id: str) -> None:
        """End all that plays of a conversation."""
        for recorded, _ in tuple(self._playing.values()):
            if recorded.conversation_id == conversation_id:
                recorded.stop()

    def close(self) -> None:
        """End everything that plays, and wait until it has."""
        playing = tuple(self._playing.values())
        for recorded, _ in playing:
            recorded.stop()
        wait([future for _, future in playing], CLOSE_TIMEOUT)
