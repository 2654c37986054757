"""What is fetched or brought by a name that nobody can guess."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from secrets import token_urlsafe
from typing import Generic, TypeVar

MOST_TICKETS = 200  # that are remembered; what they are for may be a long list
T = TypeVar("T", bound=Hashable)


class Tickets(Generic[T]):
    """Tickets, of which equal things have the same one; those that nobody asked for lately expire. For any thread."""

    def __init__(self) -> None:
        self._issued: OrderedDict[T, str] = OrderedDict()
        self._things: dict[str, T] = {}
        self._lock = threading.Lock()

    def issue(self, thing: T) -> str:
        """The ticket of a thing, however often a page is drawn that shows it."""
        with self._lock:
            ticket = self._issued.setdefault(thing, token_urlsafe(16))
            self._issued.move_to_end(thing)
            self._things[ticket] = thing
            while len(self._issued) > MOST_TICKETS:
                del self._things[self._issued.popitem(last=False)[1]]
            return ticket

    def find(self, ticket: str) -> T | None:
        """What the ticket is for; None once it has expired."""
        return self._things.get(ticket)

    def take(self, ticket: str) -> T | None:
        """The same, and it holds no longer."""
        with self._lock:
            thing = self._things.pop(ticket, None)
            if thing is not None:
                del self._issued[thing]
            return thing
