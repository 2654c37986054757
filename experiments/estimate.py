"""What an experiment will take, before it starts: tokens, money and time, each as a range."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import quantiles
from typing import Generic, TypeVar

from experiments.cautions import Connections, connection_named
from experiments.cells import Cell
from experiments.plan import Plan
from llm.models import prices
from llm.replies.ledger import most_usage
from llm.servers.connections import Connection
from llm.types import Message, Provenance, Settings, Usage
from llm.wire.requests import prepare

ENOUGH = 5  # past replies, for the next ones to be hardly longer than those
# Output tokens where no reply of a model is known: of a short one, a usual one, one that was thought over, a judgement.
SHORT, USUAL, USUAL_REASONED, USUAL_JUDGEMENT = 20, 400, 2_000, 150
N = TypeVar("N", int, float, Decimal)


@dataclass(frozen=True, slots=True)
class Span(Generic[N]):
    """A range, and the likeliest value in it."""

    low: N
    likely: N
    high: N

    def __iter__(self) -> Iterator[N]:
        return iter((self.low, self.likely, self.high))


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier replies of a model took: output tokens (thoughts included) and seconds of each."""

    output_tokens: Sequence[int] = ()
    seconds: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens and US dollars of some requests; the money is that of the models whose price is known."""

    requests: int
    input_tokens: Span[int]
    output_tokens: Span[int]
    cost: Span[Decimal]
    unpriced: tuple[str, ...] = ()  # the models without a known price
    guessed: tuple[str, ...] = ()  # the models of which no reply is known: how much they write is a guess


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the runs take, what judging them takes, and the seconds until all is done; None where nobody can tell."""

    replies: Bill
    judging: Bill | None
    seconds: Span[float] | None


Pasts = Mapping[tuple[str, str], Past]  # by the names of connection and model
Lately = Callable[[str, str], Sequence[tuple[int, float | None]]]  # output tokens and seconds of a model's replies


@dataclass(frozen=True, slots=True)
class Request:
    """What requests have in common that take the same."""

    connection: Connection
    model: str
    input: Span[int]
    output: Span[int]
    guessed: bool


def pasts_of(asked: Iterable[Settings], lately: Lately) -> Pasts:
    """What the earlier replies of these models took, by what `lately` finds recorded of each."""
    found = {}
    for settings in asked:
        replies = lately(settings.connection, settings.model)
        seconds = [took for _, took in replies if took is not None]
        found[settings.connection, settings.model] = Past([tokens for tokens, _ in replies], seconds)
    return found


def estimate(plan: Plan, cells: Sequence[Cell], connection_of: Connections, past: Pasts, at: datetime) -> Estimate:
    """What the requests of a plan will take that are still to be sent: `cells` has each cell once for each of them.

    Input is counted by the tokenizer. Output is low, likely and high by the model's past replies (5th percentile,
    mean, 95th), as far as max_tokens allows; with few of them, high is the longest reply that is possible. Prices
    are those of `at`. Time is by past durations, at the plan's concurrency and rate. Raises FieldProblem("model") if a
    connection is not there.
    """
    counts = Counter(cell.id for cell in cells)
    replies: Counter[Request] = Counter()
    judging: Counter[Request] = Counter()
    for cell in {cell.id: cell for cell in cells}.values():
        reply = request_of(cell.settings, cell.prompt, connection_of, past)
        replies[reply] += counts[cell.id]
        if plan.judge:
            asked = plan.judge.prompt(cell.prompt, "", cell.row)
            judging[request_of(plan.judge.settings, asked, connection_of, past, reply)] += counts[cell.id]
    seconds = _seconds(replies + judging, plan, past)
    return Estimate(bill_of(replies, at), bill_of(judging, at) if plan.judge else None, seconds)


def request_of(
    settings: Settings, prompt: str, connection_of: Connections, past: Pasts, judged: Request | None = None
) -> Request:
    """What a prompt with no history takes, or what judging the reply to another request does.

    Raises FieldProblem("model") if the connection is not there.
    """
    connection = connection_named(settings.connection, connection_of)
    prepared = prepare([(0, Message("user", prompt))], settings, connection)
    longest = prepared.body.get(prepared.able.max_tokens_name) or most_usage(prepared).output_tokens
    known = past.get((settings.connection, settings.model), Past()).output_tokens
    usual = USUAL_JUDGEMENT if judged else USUAL_REASONED if prepared.able.reasoning else USUAL
    read = judged.output if judged else Span(0, 0, 0)
    tokens = Span(*(prepared.context.tokens + more for more in read))
    return Request(connection, settings.model, tokens, _output(known, longest, usual), not known)


def _output(known: Sequence[int], longest: int, usual: int) -> Span[int]:
    if not known:
        return Span(*(min(tokens, longest) for tokens in (SHORT, usual, longest)))
    span = span_of([min(tokens, longest) for tokens in known])
    high = longest if len(known) < ENOUGH else math.ceil(span.high)
    return Span(math.floor(span.low), math.ceil(span.likely), high)


def span_of(values: Sequence[float]) -> Span[float]:
    """Values by their 5th percentile, their mean and their 95th."""
    mean = sum(values) / len(values)
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else values
    return Span(min(cuts[0], mean), mean, max(cuts[-1], mean))


def bill_of(requests: Counter[Request], at: datetime) -> Bill:
    """What so many of each of these requests take, at the prices of then."""
    inputs, outputs, costs = [0, 0, 0], [0, 0, 0], [Decimal(0)] * 3
    unpriced, guessed = {}, {}
    for request, count in requests.items():
        for i, (read, written) in enumerate(zip(request.input, request.output, strict=True)):
            usage = Usage(read, written)
            cost = prices.cost(usage, request.model, request.connection, at, Provenance.ESTIMATED)
            inputs[i] += count * read
            outputs[i] += count * written
            costs[i] += count * (cost.amount or 0)
            if cost.amount is None:
                unpriced[request.model] = None
        if request.guessed:
            guessed[request.model] = None
    return Bill(requests.total(), Span(*inputs), Span(*outputs), Span(*costs), tuple(unpriced), tuple(guessed))


def _seconds(requests: Counter[Request], plan: Plan, past: Pasts) -> Span[float] | None:
    models = Counter()
    for request, count in requests.items():
        models[request.connection.name, request.model] += count
    if not all(past.get(model, Past()).seconds for model in models):
        return None
    total = requests.total()
    least = 60 * total / plan.requests_per_minute if plan.requests_per_minute else 0.0
    at_once = max(1, min(plan.concurrency, total))
    sums = [0.0, 0.0, 0.0]
    for model, count in models.items():
        sums = [before + count * seconds for before, seconds in zip(sums, span_of(past[model].seconds), strict=True)]
    return Span(*(max(seconds / at_once, least) for seconds in sums))
