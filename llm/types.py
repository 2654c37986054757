"""The values that every floor shares: frozen, without identity, free of any library."""

from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

ID_BYTES = 16  # unguessable: whoever knows an id may read what it names


class PlaygroundError(Exception):
    """Something the user can act on; its text is one sentence that says what happened and what to do."""


class Status(StrEnum):
    """What became of a reply. Every reply is exactly one of these."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"  # by the user
    INCOMPLETE = "incomplete"  # the server ended it without saying that it was done
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # the playground itself ended while it streamed


class Provenance(StrEnum):
    """How far a cost can be trusted."""

    REPORTED = "reported"  # the server's own token counts at a known price
    ESTIMATED = "estimated"  # our token counts at a known price
    PARTIAL = "partial"  # the reply was cut: the estimate covers what arrived
    FREE = "free"  # the built-in model
    UNPRICED = "unpriced"  # no price is known: never shown as 0


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a chat request."""

    role: str  # "system", "user" or "assistant"
    content: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the user has set for a reply; None (or no stop sequence) is unset, and unset is not sent."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    response_format: str | None = None  # "text" or "json_object"
    system_prompt: str | None = None
    context_limit: int | None = None  # tokens of the conversation that are sent at most; decides what is sent

    def chosen(self) -> dict[str, Any]:
        """The parameters that are set, by name."""
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in pairs if value is not None and value != ()}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in the sidebar that decides how the next reply is made; belongs to a conversation."""

    connection: str = ""  # the connection's name
    model: str = ""
    parameters: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that a server may take: to be reached, to begin its reply, and between two pieces of it."""

    connect: float = 5.0
    first_byte: float = 60.0
    idle: float = 30.0


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be spent, in US dollars: in each conversation, in a day and in a month; None is no cap."""

    conversation: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds for every conversation."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Spending:
    """What has been spent, in US dollars, as far as prices are known: in a conversation, today, this month."""

    conversation: Decimal = Decimal(0)
    day: Decimal = Decimal(0)
    month: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one request. Cached tokens are part of the input, reasoning tokens of the output."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """US dollars per million tokens, as they stood on `date` (ISO) at `source`."""

    input: Decimal | None
    cached: Decimal | None
    output: Decimal | None
    date: str
    source: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Money charged in US dollars; `amount` is None exactly when the provenance is UNPRICED."""

    amount: Decimal | None
    provenance: Provenance
    prices: UnitPrices | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds since the request left; `chunk_times[i]` is when the text had grown to `chunk_ends[i]` characters."""

    first_token: float | None = None
    duration: float | None = None
    chunk_times: tuple[float, ...] = ()
    chunk_ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a reply did not complete: a kind to count by, a sentence for the user, the server's own words."""

    kind: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it left: the wire body without its messages, which messages went, and what was held back.

    With the stored messages it rebuilds the request exactly; `request_hash` (SHA-256 of the canonical JSON
    of the whole body) proves that it did.
    """

    body: dict[str, Any]
    message_ids: tuple[int, ...]
    request_hash: str
    dropped: tuple[tuple[str, str], ...] = ()  # (parameter, reason)
    # Of a continuation: the user message that asked the model to go on; "" if the text so far simply stood last.
    continuation: str | None = None


LAST_MOMENT = 253402300799  # the end of the year 9999, in seconds since 1970


@dataclass(frozen=True, slots=True)
class Echoed:
    """What a server said of itself in its answer, as it said it; None is what it did not say.

    `id` is its name for the answer, `created` when that began, in seconds since 1970.
    """

    id: str | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    created: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a reply ended, all that is committed with its final text."""

    status: Status
    estimated: Usage
    cost: Cost
    timing: Timing
    reported: Usage | None = None
    finish_reason: str | None = None
    failure: Failure | None = None
    request_id: str | None = None
    requests: int = 1  # how often it was sent: once, and once more for each retry
    echoed: Echoed | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a conversation has used, every branch included; `cost` sums the replies whose price is known."""

    usage: Usage = field(default_factory=Usage)
    cost: Decimal = Decimal(0)  # US dollars
    estimated: bool = False  # some token count or cost in it is an estimate
    unpriced: int = 0  # replies that used tokens at no known price
    free: bool = False  # some reply was free
    replies: int = 0  # replies that used tokens

    def plus(self, usage: Usage, cost: Cost, reported: bool) -> "Spent":
        """The sum with one more reply."""
        return Spent(
            Usage(*(getattr(self.usage, f.name) + getattr(usage, f.name) for f in fields(Usage))),
            self.cost + (cost.amount or 0),
            self.estimated or not reported,
            self.unpriced + (cost.provenance is Provenance.UNPRICED),
            self.free or cost.provenance is Provenance.FREE,
            self.replies + 1,
        )

    @property
    def charged(self) -> Cost:
        """The sum as one cost: of no known price if that of any reply is unknown."""
        if self.unpriced:
            return Cost(None, Provenance.UNPRICED)
        if self.free and not self.cost:
            return Cost(self.cost, Provenance.FREE)
        return Cost(self.cost, Provenance.ESTIMATED if self.estimated else Provenance.REPORTED)
