"""The connections one can choose from, and ready clients for them."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm.runner import Runner
from llm.servers.connections import Connection, Environment, environment_connection, list_models, make_client
from llm.servers.local_model import BUILT_IN_NAME, LocalModel
from llm.servers.secrets import refuse_key
from llm.types import PlaygroundError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BUILT_IN = Connection(BUILT_IN_NAME, base_url="", api_key="", organization=None, built_in=True)
NOWHERE = Connection("No connection", base_url="", api_key="", organization=None)
LISTING_LIFETIME = 300.0  # seconds
FAILED_LISTING_LIFETIME = 10.0
CLOSE_TIMEOUT = 2.0
ASKING = "Asking the server for its models…"


@dataclass(frozen=True, slots=True)
class Listing:
    """The chat models of a connection; `pending` while the server has not answered, `problem` if it cannot."""

    models: tuple[str, ...] = ()
    pending: bool = False
    problem: str = ""

    @property
    def note(self) -> str:
        """What is worth knowing where a model is chosen, in a sentence; "" if all is well."""
        return ASKING if self.pending else self.problem


class Directory:
    """The environment's connection and the built-in model; any thread may call it."""

    def __init__(self, environment: Environment, local_model: LocalModel, runner: Runner) -> None:
        self._environment, self._local_model, self._runner = environment, local_model, runner
        self._clients: dict[Connection, AsyncOpenAI] = {}
        self._listings: dict[Connection, tuple[float, Future[list[str]]]] = {}
        self._listed: dict[Connection, tuple[str, ...]] = {}  # the last answers
        self._lock = threading.Lock()

    def all(self) -> tuple[Connection, ...]:
        """The connections in the order of preference; empty where no server is named and no model can run here."""
        found = []
        try:
            named = environment_connection(self._environment.values())
            found = [named] if named else []
        except PlaygroundError:
            pass  # `problems` says it
        return (*found, BUILT_IN) if self._local_model.availability() is None else tuple(found)

    def problems(self) -> tuple[str, ...]:
        """What keeps a connection from being offered, in sentences: a malformed key, no connection at all."""
        try:
            named = environment_connection(self._environment.values())
        except PlaygroundError as error:
            return (str(error),)
        missing = self._local_model.availability()
        return (missing,) if missing and not named else ()

    def get(self, name: str) -> Connection:
        """The connection with this name, else the first, else NOWHERE."""
        known = self.all()
        return next((connection for connection in known if connection.name == name), known[0] if known else NOWHERE)

    def refuse_keys(self, where: str, written: object) -> None:
        """Raise PlaygroundError if the key of any connection stands in what the user wrote, wherever that is sent: it
        would be stored. `where` names the place."""
        for connection in self.all():
            refuse_key(connection.api_key, where, written)

    def open(self, name: str, say: Callable[[str], None]) -> Connection:
        """The connection with its server ready; starts the built-in model if it is that, telling `say` so."""
        connection = next((c for c in self.all() if c.name == name), None)
        if connection is None:
            raise PlaygroundError(f"The connection {name} is not there any more. Choose another in the sidebar.")
        return self._local_model.start(say) if connection.built_in else connection

    def client(self, connection: Connection) -> "AsyncOpenAI":
        """One client per connection, so that its open sockets serve the next request too."""
        with self._lock:
            if connection not in self._clients:
                self._clients[connection] = make_client(connection)
            return self._clients[connection]

    def warm(self) -> None:
        """Have the first connection list its models, so that the way to it has been gone once; start the built-in one.

        Blocks until it answers or has been given up. Raises PlaygroundError if there is none, or it does not start.
        """
        wait([self._asked(self.open(self.get("").name, lambda _: None))])

    def listing(self, connection: Connection, wait: float) -> Listing:
        """The connection's models; asks its server if need be and waits at most `wait` seconds for the answer."""
        if connection == NOWHERE:
            return Listing(problem=self.problems()[0])
        if connection.built_in:
            return Listing((self._local_model.model,))
        future = self._asked(connection)
        try:
            self._listed[connection] = tuple(future.result(wait))
            return Listing(self._listed[connection])
        except TimeoutError:
            known = self._listed.get(connection)  # good enough until the next look, and nobody's typing is disturbed
            return Listing(pending=True) if known is None else Listing(known)
        except PlaygroundError as error:
            return Listing(problem=str(error))

    def close(self) -> None:
        """Close the clients, on the loop that they have used."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        wait([self._runner.submit(client.close()) for client in clients], CLOSE_TIMEOUT)

    def _asked(self, connection: Connection) -> "Future[list[str]]":
        with self._lock:
            asked_at, future = self._listings.get(connection, (0.0, None))
            if future is None or time.monotonic() - asked_at > _lifetime(future):
                future = self._runner.submit(self._list(connection))
                self._listings[connection] = (time.monotonic(), future)
            return future

    async def _list(self, connection: Connection) -> list[str]:
        client = await asyncio.to_thread(self.client, connection)
        return await list_models(client)


def _lifetime(future: "Future[list[str]]") -> float:
    if not future.done():
        return float("inf")
    return FAILED_LISTING_LIFETIME if future.exception() else LISTING_LIFETIME
