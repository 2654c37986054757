"""How one reply comes about: send the request, stream the reply, save it as it grows, commit its end."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from llm.models import prices
from llm.models.tokens import RunningCount
from llm.replies.exchange import NOT_BILLED, Exchange
from llm.replies.ledger import Ledger, Reservation
from llm.replies.live import LiveReply
from llm.servers.connections import Connection
from llm.servers.secrets import KeyMask
from llm.types import Cost, Failure, Outcome, PlaygroundError, Sent, Settings, Status, Timeouts, Usage
from llm.wire import failures
from llm.wire.attempts import Attempts
from llm.wire.context import History
from llm.wire.requests import Prepared, prepare

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LOG = logging.getLogger("playground")
# Apart from the threads that save: a model that loads for a minute must not keep other replies from being kept.
STARTING = ThreadPoolExecutor(32, "starting")
SAVE_EVERY = 0.6  # seconds between two saves of what has arrived: on a busy machine too it is a second at most
COUNT_EVERY = 0.25  # seconds between two estimates of the meters
SLOW_START = 5  # times as long a first token may take of a model that thinks first, or waits for its turn here


class ReplyStore(Protocol):
    """What a running reply needs of the store."""

    def record_request(self, reply_id: str, sent: Sent) -> None: ...
    def save_partial(self, reply_id: str, text: str, reasoning: str, figures: tuple[Usage, Cost]) -> None: ...
    def finish(self, reply_id: str, text: str, reasoning: str, outcome: Outcome) -> Any: ...


class Connector(Protocol):
    """Where a running reply gets its server from."""

    def get(self, name: str) -> Connection: ...
    def refuse_keys(self, where: str, written: object) -> None: ...
    def open(self, name: str, say: Callable[[str], None]) -> Connection: ...
    def client(self, connection: Connection) -> "AsyncOpenAI": ...


class ReplyRun:
    """Streams one reply into its `LiveReply`; lives on the runner's loop."""

    def __init__(
        self,
        live: LiveReply,
        settings: Settings,
        store: ReplyStore,
        connector: Connector,
        ledger: Ledger,
        timeouts: Timeouts,
        held: Reservation | None = None,
        refused: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`held` is what the budget holds of it already; `refused` is told how many seconds it has to wait."""
        self.live, self.settings = live, settings
        self._store, self._connector, self._ledger, self._timeouts = store, connector, ledger, timeouts
        self._exchange = Exchange(live, settings)
        self._reservation, self._refused = held, refused
        self._task: asyncio.Task[None] | None = None
        self._ended_by: Status | None = None
        self.ended = asyncio.Event()
        self.outcome: Outcome | None = None  # once it has ended

    def end_by(self, status: Status) -> None:
        """End the reply now, as STOPPED or INTERRUPTED; only on the runner's loop."""
        self._ended_by = self._ended_by or status
        if self._task:
            self._task.cancel()

    async def run(self, history: Callable[[], History]) -> None:
        """Stream the reply and commit how it ended, whatever happens on the way."""
        self._task = asyncio.create_task(self._stream(history))
        saver = asyncio.create_task(self._save_as_it_grows())
        if self._ended_by:
            self._task.cancel()
        await asyncio.wait({self._task})
        saver.cancel()
        await asyncio.wait({saver})
        try:
            await self._commit_whatever_it_takes()
        finally:
            self.ended.set()
            self._ledger.release(self._reservation, self.outcome and self.outcome.cost)
            self.live.end()

    async def _stream(self, history: Callable[[], History]) -> None:
        exchange = self._exchange
        client = await asyncio.get_running_loop().run_in_executor(STARTING, self._make_ready, history)
        connection, prepared = exchange.connection, exchange.prepared
        exchange.attempts = Attempts(client, prepared.body, self._patience(connection, prepared), self._say_retry)
        exchange.begin()
        text, reasoning = KeyMask(connection.api_key, self.live.text), KeyMask(connection.api_key)
        count, counted_at = RunningCount(prepared.tokenizer), 0.0
        try:
            async with aclosing(aiter(exchange.attempts)) as pieces:
                async for more_text, more_reasoning in pieces:
                    count.add(exchange.add(text.add(more_text), reasoning.add(more_reasoning)))
                    if exchange.endless:
                        return
                    if time.monotonic() - counted_at > COUNT_EVERY:
                        counted_at = time.monotonic()
                        exchange.estimate(count.tokens)
        finally:
            exchange.add(text.rest(), reasoning.rest())

    def _make_ready(self, history: Callable[[], History]) -> "AsyncOpenAI":
        """What has to be done before the request can leave, in one go on a thread of its own; its client."""
        connection = self._exchange.connection = self._connector.open(self.settings.connection, self.live.say)
        self.live.say("Waiting for the first token…")
        prepared = self._exchange.prepared = prepare(history(), self.settings, connection)
        if self._reservation is None:
            self._reservation = self._ledger.reserve(self.live.conversation_id, prepared, self.settings, connection)
        if self.ended.is_set():  # stopped meanwhile: nobody else would let go what is held only now
            self._ledger.release(self._reservation)
        self._store.record_request(self.live.id, prepared.sent)
        self.live.context_window = prepared.context.window
        return self._connector.client(connection)

    def _patience(self, connection: Connection, prepared: Prepared) -> Timeouts:
        if not (connection.built_in or prepared.able.reasoning):
            return self._timeouts
        return replace(self._timeouts, first_byte=self._timeouts.first_byte * SLOW_START)

    def _say_retry(self, error: Exception, seconds: int, attempt: int) -> None:
        self._refused(seconds)
        self.live.say(failures.retry_line(error, seconds, attempt, self._exchange.connection, self.settings))

    async def _save_as_it_grows(self) -> None:
        saved = 0
        while True:
            await asyncio.sleep(SAVE_EVERY)
            if (length := self.live.length) > saved:
                with contextlib.suppress(Exception):  # the next save, or the end's, brings it all
                    await asyncio.to_thread(self._save_partial)
                    saved = length

    def _save_partial(self) -> None:
        figures = self._exchange.figures_so_far()
        self._store.save_partial(self.live.id, self.live.text, self.live.reasoning, figures)

    async def _commit_whatever_it_takes(self) -> None:
        """Commit the end; while the disk refuses, say so and try again: the reply exists here alone until then."""
        self.outcome = await asyncio.to_thread(self._outcome)
        while True:
            try:
                await asyncio.to_thread(self._finish, self.outcome)
            except PlaygroundError as trouble:
                self.live.say(f"This reply is not saved yet. {trouble}")
                LOG.warning("A reply could not be saved: %s", type(trouble).__name__)
                await asyncio.sleep(SAVE_EVERY)
            else:
                return

    def _finish(self, outcome: Outcome) -> None:
        finish = partial(self._store.finish, self.live.id, self.live.text, self.live.reasoning)
        try:
            finish(outcome)
        except PlaygroundError:
            raise
        except Exception as error:  # some figure that cannot be stored must not cost the reply
            LOG.error("The figures of a reply could not be stored.", exc_info=error)
            finish(self._bare(outcome.status, outcome.failure))

    def _outcome(self) -> Outcome:
        error = None if self._task.cancelled() else self._task.exception()
        try:
            return self._exchange.outcome(*self._exchange.verdict(error, self._ended_by))
        except Exception as fault:  # nor may a fault in judging, counting or pricing it
            LOG.error("The end of a reply could not be made out.", exc_info=fault)
            ended = self._ended_by or (Status.INCOMPLETE if self.live.length else Status.FAILED)
            return self._bare(ended, failures.unforeseen(fault))

    def _bare(self, status: Status, failure: Failure | None) -> Outcome:
        """An end without figures."""
        return Outcome(status, NOT_BILLED, prices.UNPRICED, self._exchange.arrival.timing(), failure=failure)
