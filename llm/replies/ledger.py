"""The budget: what has been spent, what requests under way may still cost, and whether one more may leave."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from llm.models import prices
from llm.money import money
from llm.servers.connections import Connection
from llm.types import Budget, PlaygroundError, Provenance, Settings, Spending, UnitPrices, Usage
from llm.wire.requests import Prepared

LONGEST_REPLY = 32_768  # tokens, of a model of which nothing else is known
MISCOUNT = 1.5  # how far above our own count of the input a server's may be, where the tokenizer is a guess
_WHOSE = {"conversation": "this conversation's budget", "day": "today's budget", "month": "this month's budget"}
_RAISE = "raise it under Limits in the sidebar"


class SpendingStore(Protocol):
    """What the ledger needs of the store."""

    def spending(self, conversation_id: str | None, day: datetime, month: datetime) -> Spending: ...


@dataclass(frozen=True, slots=True)
class Cap:
    """How one cap stands, in US dollars."""

    name: str  # "conversation", "day" or "month"
    cap: Decimal
    spent: Decimal
    reserved: Decimal  # the worst case of the requests under way

    @property
    def left(self) -> Decimal:
        """What one more request may cost; never below zero."""
        return max(Decimal(0), self.cap - self.spent - self.reserved)

    def __str__(self) -> str:
        return f"{money(self.left)} of {_WHOSE[self.name]} of {money(self.cap)}"


@dataclass(frozen=True, eq=False, slots=True)
class Reservation:
    """The most that a request under way may cost."""

    conversation_id: str
    amount: Decimal


class Ledger:
    """Holds every request to the budget; any thread may call it.

    A request reserves its worst case before it leaves and releases it once its cost is stored, so that many at once
    cannot spend the same rest of a cap. What has no known price, or is free, is neither counted nor held.
    """

    def __init__(self, store: SpendingStore, budget: Callable[[], Budget]) -> None:
        self._store, self._budget = store, budget
        self._reserved: list[Reservation] = []
        self._lock = threading.Lock()

    def caps(self, conversation_id: str | None) -> tuple[Cap, ...]:
        """How the caps that are set stand; the conversation's is that of the one given."""
        budget = self._budget()
        wanted = {name: getattr(budget, name) for name in _WHOSE}
        if all(cap is None for cap in wanted.values()):
            return ()
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        spent = self._store.spending(conversation_id, midnight, midnight.replace(day=1))
        here = [held.amount for held in self._reserved if held.conversation_id == conversation_id]
        everywhere = sum((held.amount for held in self._reserved), Decimal(0))
        reserved = {"conversation": sum(here, Decimal(0)), "day": everywhere, "month": everywhere}
        return tuple(
            Cap(name, cap, getattr(spent, name), reserved[name]) for name, cap in wanted.items() if cap is not None
        )

    def refuse_overspent(self, conversation_id: str | None, settings: Settings, connection: Connection) -> None:
        """Raise PlaygroundError if a cap has nothing left and this model costs money."""
        used_up = [cap for cap in self.caps(conversation_id) if not cap.left]
        if used_up and _rates(settings, connection):
            raise PlaygroundError(f"Nothing is left of {_WHOSE[used_up[0].name]} of {money(used_up[0].cap)}; {_RAISE}.")

    def reserve(
        self, conversation_id: str, prepared: Prepared, settings: Settings, connection: Connection
    ) -> Reservation | None:
        """Hold the worst case of a request. Raises PlaygroundError if a cap has less left than that."""
        if self._budget() == Budget():
            return None
        usage = worst_case(prepared)
        worst = prices.cost(usage, settings.model, connection, datetime.now().astimezone(), Provenance.ESTIMATED).amount
        if not worst:
            return None
        with self._lock:
            scarce = [cap for cap in self.caps(conversation_id) if cap.left < worst]
            if scarce:
                raise PlaygroundError(
                    _too_dear(min(scarce, key=lambda cap: cap.left), worst, usage, settings, connection)
                )
            reservation = Reservation(conversation_id, worst)
            self._reserved.append(reservation)
        return reservation

    def release(self, reservation: Reservation | None) -> None:
        """Let go what was held."""
        with self._lock:
            if reservation in self._reserved:
                self._reserved.remove(reservation)


def worst_case(prepared: Prepared) -> Usage:
    """The most that a request may use: its input, generously counted, and the longest reply that it allows."""
    able = prepared.able
    window = able.context_window or 0
    most = able.max_output_tokens or max(0, window - prepared.context.tokens) or LONGEST_REPLY
    asked = prepared.body.get(able.max_tokens_name)
    return Usage(round(prepared.context.tokens * MISCOUNT), min(asked, most) if asked else most)


def _too_dear(cap: Cap, worst: Decimal, usage: Usage, settings: Settings, connection: Connection) -> str:
    rates = _rates(settings, connection)
    sentence = f"This request may cost up to {money(worst)}, and {cap} is left; {_RAISE}"
    if rates and rates.output:
        input_cost = (rates.input or 0) * usage.input_tokens / 1_000_000
        affordable = int((cap.left - input_cost) * 1_000_000 / rates.output)
        if affordable > 0:
            return f"{sentence}, or set Max tokens to {affordable:,} or less."
    return f"{sentence}."


def _rates(settings: Settings, connection: Connection) -> UnitPrices | None:
    if connection.built_in:
        return None
    return prices.unit_prices(settings.model, connection.base_url, datetime.now().astimezone())
