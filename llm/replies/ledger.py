"""The budget: what has been spent, what requests under way may still cost, and whether one more may leave."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from decimal import Decimal
from typing import Protocol

from llm.models import prices
from llm.money import money
from llm.servers.connections import Connection
from llm.types import Budget, Cost, PlaygroundError, Provenance, Settings, Spending, Usage
from llm.wire.requests import Prepared

LONGEST_REPLY = 131_072  # tokens, of a model of which nothing else is known
MISCOUNT = 1.5  # how far above our own count of a text a server's may be, where the tokenizer is a guess
UNSEEN = 16_384  # tokens that a server may add: a system prompt of its own, thoughts beside the text
_WHOSE = {
    "conversation": "this conversation's budget",
    "day": "today's budget",
    "month": "this month's budget",
    "experiment": "this experiment's cap",
}
_RAISE = "raise it under Limits in the sidebar."
_RAISE_CAP = "raise it in the plan."


class SpendingStore(Protocol):
    """What the ledger needs of the store."""

    def spending(self, conversation_id: str | None, day: datetime, month: datetime) -> Spending: ...


class OverBudget(PlaygroundError):
    """Nothing is left to pay for a request, or all of it is reserved."""


@dataclass(eq=False, slots=True)
class Allowance:
    """The most that an experiment may spend, beside the budget, and what its ended requests cost, in US dollars.

    The ledger adds to what is spent while it lets go what was reserved, so that nothing leaves in between.
    """

    cap: Decimal
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cap:
    """How one cap stands, in US dollars."""

    name: str  # "conversation", "day", "month" or "experiment"
    cap: Decimal
    spent: Decimal
    reserved: Decimal  # the worst case of the requests under way

    @property
    def left(self) -> Decimal:
        """What one more request may cost; never below zero."""
        return max(Decimal(0), self.cap - self.spent - self.reserved)

    def __str__(self) -> str:
        """That nothing is left, why, and what to do."""
        if self.name == "experiment" and self.spent >= self.cap:
            return reached(self.cap)
        whose = f"{_WHOSE[self.name]} of {money(self.cap)}"
        advice = _RAISE_CAP if self.name == "experiment" else _RAISE
        if self.spent < self.cap:
            return f"All that is left of {whose} is reserved for replies under way: wait for them, or {advice}"
        return f"Nothing is left of {whose}: {advice}"


@dataclass(frozen=True, eq=False, slots=True)
class Reservation:
    """The most that a request under way may cost."""

    conversation_id: str | None  # None for one that its conversation's budget does not hold
    amount: Decimal
    allowance: Allowance | None = None


class Ledger:
    """Holds every request to the budget; any thread may call it.

    A request reserves the most that it may cost before it leaves, and releases it once its cost is stored. One may
    leave as long as something is left: of however many at once, only the last can spend more than that. What has no
    known price, or is free, is neither counted nor held.
    """

    def __init__(self, store: SpendingStore, budget: Callable[[], Budget]) -> None:
        self._store, self._budget = store, budget
        self._reserved: list[Reservation] = []
        self._lock = threading.Lock()

    def caps(self, conversation_id: str | None) -> tuple[Cap, ...]:
        """How the caps that are set stand; the conversation's is that of the one given."""
        budget = self._budget()
        wanted = {f.name: getattr(budget, f.name) for f in fields(budget)}
        if all(cap is None for cap in wanted.values()):
            return ()
        today = datetime.now().date()
        day, month = (datetime.combine(date, time()).astimezone() for date in (today, today.replace(day=1)))
        spent = self._store.spending(conversation_id, day, month)
        here = [held.amount for held in self._reserved if conversation_id and held.conversation_id == conversation_id]
        everywhere = sum((held.amount for held in self._reserved), Decimal(0))
        reserved = {"conversation": sum(here, Decimal(0)), "day": everywhere, "month": everywhere}
        return tuple(
            Cap(name, cap, getattr(spent, name), reserved[name]) for name, cap in wanted.items() if cap is not None
        )

    def refuse_overspent(self, conversation_id: str | None, settings: Settings, connection: Connection) -> None:
        """Raise PlaygroundError if a cap has nothing left and this model costs money."""
        if sentence := overspent(self.caps(conversation_id), settings, connection):
            raise OverBudget(sentence)

    def reserve(
        self,
        conversation_id: str | None,
        prepared: Prepared,
        settings: Settings,
        connection: Connection,
        allowance: Allowance | None = None,
    ) -> Reservation | None:
        """Hold the most that a request may cost. Raises OverBudget if a cap, or the allowance, has nothing left."""
        if allowance is None and self._budget() == Budget():
            return None
        now = datetime.now().astimezone()
        most = prices.cost(most_usage(prepared), settings.model, connection, now, Provenance.ESTIMATED).amount
        if not most:
            return None
        with self._lock:
            caps = (*self._cap_of(allowance), *self.caps(conversation_id))
            used_up = [cap for cap in caps if not cap.left]
            if used_up:
                raise OverBudget(str(used_up[0]))
            reservation = Reservation(conversation_id, most, allowance)
            self._reserved.append(reservation)
        return reservation

    def release(self, reservation: Reservation | None, cost: Cost | None = None) -> None:
        """Let go what was held, for a request that has cost this."""
        with self._lock:
            if reservation in self._reserved:
                self._reserved.remove(reservation)
                if reservation.allowance and cost and cost.amount:
                    reservation.allowance.spent += cost.amount

    def _cap_of(self, allowance: Allowance | None) -> tuple[Cap, ...]:
        if allowance is None:
            return ()
        reserved = sum((held.amount for held in self._reserved if held.allowance is allowance), Decimal(0))
        return (Cap("experiment", allowance.cap, allowance.spent, reserved),)


def reached(cap: Decimal) -> str:
    """That an experiment has spent its cap in US dollars, and what to do."""
    return f"The cap of {money(cap)} is reached: raise it below and resume."


def overspent(caps: Sequence[Cap], settings: Settings, connection: Connection) -> str:
    """The sentence of the first cap that has nothing left, where a model costs money; "" if all is well."""
    used_up = [cap for cap in caps if not cap.left]
    return str(used_up[0]) if used_up and prices.is_priced(settings.model, connection) else ""


def most_usage(prepared: Prepared) -> Usage:
    """The most that a request may use: its input and the longest reply that it allows, both generously counted.

    A server that reports more is not believed, so what is reserved is never less than what will be spent.
    """
    able = prepared.able
    longest = able.max_output_tokens or able.context_window or LONGEST_REPLY
    asked = prepared.body.get(able.max_tokens_name)
    return Usage(round(prepared.context.tokens * MISCOUNT) + UNSEEN, min(asked, longest) + UNSEEN if asked else longest)


def believable(usage: Usage | None, prepared: Prepared, wrote: bool) -> Usage | None:
    """The usage that a server reported, unless it cannot be: more than the request allowed, or nothing for a text."""
    most = most_usage(prepared)
    if usage is None or usage.input_tokens > most.input_tokens or usage.output_tokens > most.output_tokens:
        return None
    return usage if usage.output_tokens or not wrote else None
