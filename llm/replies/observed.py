"""What changes while others look on."""

import asyncio


class Observed:
    """Something that changes, and those on any loop who wait for that."""

    def __init__(self) -> None:
        self._observers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def subscribe(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        """Have `event` set, on `loop`, whenever something changes."""
        self._observers.add((loop, event))

    def unsubscribe(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        self._observers.discard((loop, event))

    def wake(self) -> None:
        """Tell them that something has changed."""
        for loop, event in tuple(self._observers):
            if not event.is_set() and not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
