"""Replies that have just begun, told to the tabs that wait for them: before a page can be drawn, its stream is open."""

import asyncio
import threading
from weakref import WeakValueDictionary

from llm.replies.live import LiveReply


class Announcements:
    """A reply for each turn that began; a turn has a name that only its tab knows. Any thread may announce."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Nobody need ask for what was announced: it is kept for as long as the reply streams.
        self._begun: WeakValueDictionary[str, LiveReply] = WeakValueDictionary()
        self._waiting: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    def announce(self, turn: str, reply: LiveReply) -> None:
        """Say that the turn of this name has begun, with this reply."""
        with self._lock:
            self._begun[turn] = reply
            waiting = self._waiting.get(turn)
        if waiting:
            loop, begun = waiting
            if loop.is_closed():
                return
            loop.call_soon_threadsafe(begun.set)

    async def reply(self, turn: str, patience: float) -> LiveReply | None:
        """The reply with which this turn begins, None if it has not begun after `patience` seconds."""
        waiting = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._waiting[turn] = waiting
            begun = self._begun.get(turn)
        try:
            if begun is None:
                async with asyncio.timeout(patience):
                    await waiting[1].wait()
        except TimeoutError:
            return None
        finally:
            with self._lock:
                if self._waiting.get(turn) is waiting:
                    del self._waiting[turn]
        return self._begun.get(turn)
