"""What a rerun will take, before it starts: tokens, money and time, each as a range."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import add

from experiments.cautions import Connections
from experiments.estimate import Bill, Past, Pasts, Span, bill_of, request_of, span_of
from experiments.rerunning.turns import AT_ONCE
from llm.models.capabilities import capabilities, effective
from llm.models.tokens import tokenizer_for
from llm.types import Message, Settings
from llm.wire.context import Room
from storage.experiments.rerun_records import Way
from storage.records import StoredMessage

Asked = tuple[str, str]  # a prompt, and the reply that it had ("" for none)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A rerun before it starts; None where nobody can tell how long it takes."""

    turns: int
    bill: Bill
    seconds: Span[float] | None


def asked_in(path: Sequence[StoredMessage]) -> list[Asked]:
    """Each prompt of a branch with the reply below it, as `Reruns` sends them."""
    replies = {message.parent_id: message.text for message in path if message.role == "assistant"}
    return [(message.text, replies.get(message.id, "")) for message in path if message.role == "user"]


def outlook(
    way: Way, settings: Settings, asked: Sequence[Asked], connection_of: Connections, past: Pasts, at: datetime
) -> Outlook:
    """What asking all of this again will take. Input is counted by the tokenizer; what the model itself will write,
    and read again on its own replies, is as long as its earlier replies are.

    Raises FieldProblem("model") if the connection is not there.
    """
    alone = request_of(settings, "", connection_of, past)
    inputs = _inputs(way, settings, asked, alone.input.likely, alone.output, connection_of)
    bill = bill_of(Counter(replace(alone, input=tokens) for tokens in inputs), at)
    seconds = past.get((settings.connection, settings.model), Past()).seconds
    share = len(asked) / min(AT_ONCE[way], max(1, len(asked)))
    return Outlook(len(asked), bill, Span(*(s * share for s in span_of(seconds))) if seconds else None)


def _inputs(
    way: Way, settings: Settings, asked: Sequence[Asked], empty: int, output: Span[int], connection_of: Connections
) -> list[Span[int]]:
    """The tokens that each turn sends, as far as there is room for them; `empty` are those of an empty prompt."""
    connection = connection_of(settings.connection)
    tokenizer = tokenizer_for(settings.model, connection.built_in)
    able = capabilities(settings.model, connection.base_url, connection.built_in)
    allowed, _ = effective(settings.parameters, able)
    room = Room(able.context_window, allowed.max_tokens, allowed.context_limit).for_input()
    frame = tokenizer.count_message(Message("user", ""))
    said, inputs = Span(empty - frame, empty - frame, empty - frame), []
    for prompt, reply in asked:
        said = Span(*(before + tokenizer.count_message(Message("user", prompt)) for before in said))
        inputs.append(Span(*(int(min(tokens, room)) for tokens in said)))
        counted = tokenizer.count_message(Message("assistant", reply)) if reply else 0
        replies = (frame + tokens for tokens in output) if way is Way.OWN else (counted, counted, counted)
        said = Span(*map(add, said, replies))
    return inputs
