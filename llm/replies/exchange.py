"""One request and what came of it, as far as it got: its figures while it runs, its verdict and outcome at the end."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from llm.models import prices
from llm.replies.ledger import believable
from llm.replies.live import Arrival, Figures, LiveReply, tokens_per_second
from llm.servers.connections import Connection
from llm.servers.secrets import hide
from llm.types import Cost, Failure, Outcome, Provenance, Settings, Status, Usage
from llm.wire import failures
from llm.wire.attempts import Attempts
from llm.wire.causes import REFUSALS
from llm.wire.requests import Prepared

MOST_CHARACTERS = 2_000_000  # of a reply, its reasoning included
NOT_BILLED = Usage()


@dataclass
class Exchange:
    """What is known of a reply's request; `None` is not yet."""

    live: LiveReply
    settings: Settings
    connection: Connection | None = None
    prepared: Prepared | None = None
    attempts: Attempts | None = None
    arrival: Arrival = field(default_factory=Arrival)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def begin(self) -> None:
        """The request leaves now: the clock starts, and its input is what has been used."""
        self.arrival = Arrival()
        self.estimate(0)

    def add(self, text: str, reasoning: str) -> str:
        """Add what has arrived to the live reply, and give it back in the order in which it was written."""
        if text or reasoning:
            self.live.add(text, reasoning)
            self.arrival.mark(self.live.length)
        return reasoning + text

    @property
    def endless(self) -> bool:
        return self.live.length > MOST_CHARACTERS

    def estimate(self, output_tokens: int) -> None:
        """Set the live reply's figures by our own count of what has arrived."""
        usage = Usage(self.prepared.context.tokens, output_tokens)
        self._show(usage, self._price(usage, Provenance.ESTIMATED), reported=False)

    def figures_so_far(self) -> tuple[Usage, Cost]:
        """The last estimate, as what a reply would have used that went no further."""
        figures = self.live.figures
        provenance = Provenance.PARTIAL if figures.cost.amount else figures.cost.provenance
        return figures.usage, replace(figures.cost, provenance=provenance)

    def verdict(self, error: BaseException | None, ended_by: Status | None) -> tuple[Status, Failure | None]:
        """The status and the cause, from the error that ended the stream, if one did, or from who ended it."""
        if ended_by:
            return ended_by, self._refusal()
        failure = self._failure(error)
        if failure is None:
            return Status.COMPLETE, None
        return (Status.INCOMPLETE if self.live.length else Status.FAILED), failure

    def _failure(self, error: BaseException | None) -> Failure | None:
        arrived = self.live.length
        if self.attempts and self.attempts.completion.ended_well:
            return None  # whatever came after the server had said that this was all
        if error is not None:
            return failures.failure_from(error, self.connection, self.settings, arrived)
        completion = self.attempts.completion
        if completion.error is not None:
            return failures.event_failure(completion.error, self.connection, self.settings)
        if self.endless:
            return failures.endless(self.connection, self.settings, MOST_CHARACTERS)
        return failures.unannounced_end(self.connection, self.settings, arrived)

    def _refusal(self) -> Failure | None:
        """Why a reply that was stopped had been waiting for another attempt."""
        if self.attempts is None or self.attempts.refusal is None:
            return None
        return failures.failure_from(self.attempts.refusal, self.connection, self.settings, 0)

    def outcome(self, status: Status, failure: Failure | None) -> Outcome:
        """All that is kept of the end, with the final figures."""
        timing = self.arrival.timing()
        if self.attempts is None:
            cost = self._price(NOT_BILLED, Provenance.PARTIAL)
            return Outcome(status, NOT_BILLED, cost, timing, failure=failure, requests=0)
        completion, key = self.attempts.completion, self.connection.api_key
        reported = believable(completion.usage, self.prepared, self.live.length > 0)
        estimated = self._final_estimate(failure)
        provenance = Provenance.ESTIMATED if status is Status.COMPLETE else Provenance.PARTIAL
        usage, provenance = (reported, Provenance.REPORTED) if reported else (estimated, provenance)
        cost = self._price(usage, provenance)
        self._show(usage, cost, reported=reported is not None)
        return Outcome(
            status,
            estimated,
            cost,
            timing,
            reported,
            completion.finish_reason and hide(completion.finish_reason, key),
            failure,
            completion.request_id and hide(completion.request_id, key),
            self.attempts.requests,
            completion.echo.echoed(key),
        )

    def _final_estimate(self, failure: Failure | None) -> Usage:
        if failure is not None and failure.kind in REFUSALS and not self.live.length:
            return NOT_BILLED
        reasoning = self.prepared.tokenizer.count(self.live.reasoning)
        output = reasoning + self.prepared.tokenizer.count(self.live.text[self.live.text_start :])
        return Usage(self.prepared.context.tokens, output, 0, reasoning)

    def _show(self, usage: Usage, cost: Cost, *, reported: bool) -> None:
        first = self.arrival.first
        speed = tokens_per_second(usage.output_tokens, first, self.arrival.elapsed())
        self.live.figures = Figures(usage, cost, reported, first, speed)

    def _price(self, usage: Usage, provenance: Provenance) -> Cost:
        if self.connection is None:
            return prices.UNPRICED
        return prices.cost(usage, self.settings.model, self.connection, self.started_at, provenance)
