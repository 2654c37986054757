"""How one reply comes about: send the request, stream the reply, save it as it grows, commit its end."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from llm import failures, prices
from llm.completions import Completion
from llm.connections import Connection
from llm.replies import Arrival, Figures, LiveReply, tokens_per_second
from llm.requests import History, Prepared, prepare
from llm.tokens import RunningCount
from llm.types import Cost, Failure, Outcome, PlaygroundError, Provenance, Sent, Settings, Status, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LOG = logging.getLogger("playground")
SAVE_EVERY = 1.0  # seconds between two saves of what has arrived
LONGEST_SILENCE = 300.0  # seconds without text, however many comments keep the connection open
COUNT_EVERY = 0.25  # seconds between two estimates of the meters
NOT_BILLED = Usage()


class ReplyStore(Protocol):
    """What a running reply needs of the store."""

    def record_request(self, reply_id: str, sent: Sent) -> None: ...
    def save_partial(self, reply_id: str, text: str, reasoning: str, figures: tuple[Usage, Cost]) -> None: ...
    def finish(self, reply_id: str, text: str, reasoning: str, outcome: Outcome) -> Any: ...


class Connector(Protocol):
    """Where a running reply gets its server from."""

    def open(self, name: str, say: Callable[[str], None]) -> Connection: ...
    def client(self, connection: Connection) -> "AsyncOpenAI": ...


class ReplyRun:
    """Streams one reply into its `LiveReply`; lives on the runner's loop."""

    def __init__(self, live: LiveReply, settings: Settings, store: ReplyStore, connector: Connector) -> None:
        self.live, self.settings = live, settings
        self._store, self._connector = store, connector
        self._started_at = datetime.now(UTC)
        self._arrival = Arrival()
        self._connection: Connection | None = None
        self._prepared: Prepared | None = None
        self._completion: Completion | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended_by: Status | None = None
        self.ended = asyncio.Event()

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
            self.live.end()
            self.ended.set()

    async def _stream(self, history: Callable[[], History]) -> None:
        self._connection = await asyncio.to_thread(self._connector.open, self.settings.connection, self.live.say)
        self.live.say("Waiting for the first token…")
        self._prepared = await asyncio.to_thread(self._prepare, history)
        client = await asyncio.to_thread(self._connector.client, self._connection)
        self._completion = Completion(client, self._prepared.body)
        self._arrival = Arrival()
        count, counted_at = RunningCount(self._prepared.tokenizer), 0.0
        self._estimate(0, 0)
        async with asyncio.timeout(LONGEST_SILENCE) as patience:
            async for text, reasoning in self._completion:
                self.live.add(text, reasoning)
                self._arrival.mark(self.live.length)
                patience.reschedule(asyncio.get_running_loop().time() + LONGEST_SILENCE)
                count.add(reasoning + text)
                if time.monotonic() - counted_at > COUNT_EVERY:
                    counted_at = time.monotonic()
                    self._estimate(count.tokens, 0)

    def _prepare(self, history: Callable[[], History]) -> Prepared:
        prepared = prepare(history(), self.settings, self._connection)
        self._store.record_request(self.live.id, prepared.sent)
        self.live.context_window = prepared.context.window
        return prepared

    def _estimate(self, output_tokens: int, reasoning_tokens: int) -> None:
        usage = Usage(self._prepared.context.tokens, output_tokens, 0, reasoning_tokens)
        self._show(usage, self._price(usage, Provenance.ESTIMATED), reported=False)

    def _show(self, usage: Usage, cost: Cost, *, reported: bool) -> None:
        first = self._arrival.first
        speed = tokens_per_second(usage.output_tokens, first, self._arrival.elapsed())
        self.live.figures = Figures(usage, cost, reported, first, speed)

    async def _save_as_it_grows(self) -> None:
        saved = 0
        while True:
            await asyncio.sleep(SAVE_EVERY)
            if (length := self.live.length) > saved:
                with contextlib.suppress(Exception):  # the next save, or the end's, brings it all
                    await asyncio.to_thread(self._save_partial)
                    saved = length

    def _save_partial(self) -> None:
        figures = self.live.figures
        provenance = Provenance.PARTIAL if figures.cost.amount else figures.cost.provenance
        cost = replace(figures.cost, provenance=provenance)
        self._store.save_partial(self.live.id, self.live.text, self.live.reasoning, (figures.usage, cost))

    def _verdict(self) -> tuple[Status, Failure | None]:
        """The status and the cause, from how the stream's task came to its end."""
        if self._ended_by:
            return self._ended_by, None
        error = None if self._task.cancelled() else self._task.exception()
        if error is not None:
            failure = failures.failure_from(error, self._connection, self.settings)
        elif self._completion.error is not None:
            failure = failures.event_failure(self._completion.error, self._connection, self.settings)
        elif self._completion.ended_well:
            return Status.COMPLETE, None
        else:
            failure = failures.unannounced_end(self._connection, self.settings, self.live.length)
        return (Status.INCOMPLETE if self.live.length else Status.FAILED), failure

    async def _commit_whatever_it_takes(self) -> None:
        """Commit the end; while the disk refuses, say so and try again: the reply exists here alone until then."""
        verdict = self._verdict()
        try:
            outcome = await asyncio.to_thread(self._outcome, *verdict)
        except Exception as error:  # a fault in counting or pricing must not cost the reply
            LOG.error("The figures of a reply could not be made.", exc_info=error)
            outcome = Outcome(verdict[0], NOT_BILLED, prices.UNPRICED, self._arrival.timing(), failure=verdict[1])
        finish = partial(self._store.finish, self.live.id, self.live.text, self.live.reasoning, outcome)
        while True:
            try:
                await asyncio.to_thread(finish)
            except Exception as error:
                why = str(error) if isinstance(error, PlaygroundError) else "The playground tries again each second."
                self.live.say(f"This reply is not saved yet. {why}")
                LOG.warning("A reply could not be saved: %s", type(error).__name__)
                await asyncio.sleep(SAVE_EVERY)
            else:
                return

    def _outcome(self, status: Status, failure: Failure | None) -> Outcome:
        reported = self._completion.usage if self._completion else None
        estimated = self._final_estimate(failure)
        if reported:
            usage, provenance = reported, Provenance.REPORTED
        else:
            usage, provenance = estimated, Provenance.ESTIMATED if status is Status.COMPLETE else Provenance.PARTIAL
        cost = self._price(usage, provenance)
        timing = self._arrival.timing()
        self._show(usage, cost, reported=reported is not None)
        finish_reason = self._completion.finish_reason if self._completion else None
        request_id = self._completion.request_id if self._completion else None
        return Outcome(status, estimated, cost, timing, reported, finish_reason, failure, request_id)

    def _final_estimate(self, failure: Failure | None) -> Usage:
        nothing_taken = failure is not None and failure.kind in failures.REFUSALS and not self.live.length
        if self._completion is None or nothing_taken:
            return NOT_BILLED
        reasoning = self._prepared.tokenizer.count(self.live.reasoning)
        output = reasoning + self._prepared.tokenizer.count(self.live.text)
        return Usage(self._prepared.context.tokens, output, 0, reasoning)

    def _price(self, usage: Usage, provenance: Provenance) -> Cost:
        if self._connection is None:
            return Cost(None, Provenance.UNPRICED)
        if self._connection.built_in:
            return prices.FREE
        return prices.price(usage, self.settings.model, self._connection.base_url, self._started_at, provenance)
