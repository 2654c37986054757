"""Conversations as examples for fine-tuning, in OpenAI's chat format: one JSON object a line, checked."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from exchange.writing.branch import Said, branch, open_branch
from llm.models.tokens import Tokenizer, tokenizer_for
from llm.models.training_prices import training_price
from llm.types import Message
from storage.exchange.schema import RATINGS, Record, rows

MILLION = 1_000_000
LONGEST = 65_536  # tokens of an example: what is longer is cut off where models are trained
FEWEST = 10  # examples that are asked for where models are trained
NAMED = 20  # bad examples


class Chosen(StrEnum):
    """Which branches become examples."""

    OPEN = "Each conversation's open branch"
    RATED = "Each reply with a thumb up"


@dataclass(frozen=True, slots=True)
class Example:
    """What a model would learn from, and why it should not, if it should not."""

    title: str
    messages: tuple[Message, ...]
    fault: str = ""

    @property
    def line(self) -> str:
        said = [{"role": message.role, "content": message.content} for message in self.messages]
        return json.dumps({"messages": said}, ensure_ascii=False) + "\n"


@dataclass
class Checked:
    """What has been found out about some examples; titles are somebody's text."""

    model: str
    good: int = 0
    bad: int = 0
    tokens: int = 0  # of the good ones
    longest: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)  # the first of them: a title, and what is wrong

    @property
    def cost(self) -> Decimal | None:
        """US dollars for learning from each example once; None if no price is known."""
        price = training_price(self.model)
        return None if price is None else price * self.tokens / MILLION

    def add(self, example: Example, tokens: int) -> None:
        if example.fault:
            self.bad += 1
            if len(self.faults) < NAMED:
                self.faults.append((example.title, example.fault))
            return
        self.good, self.tokens = self.good + 1, self.tokens + tokens
        self.longest = max(self.longest, tokens)


def training_lines(records: Iterable[Record], model: str, chosen: Chosen) -> Iterator[str]:
    """The lines of the file: the good examples. Bad ones are named by `checked`."""
    tokenizer = tokenizer_for(model, False)
    for example in _examples(records, chosen):
        if not _judged(example, tokenizer)[0].fault:
            yield example.line


def checked(records: Iterable[Record], model: str, chosen: Chosen) -> Checked:
    """What would be in the file, what would not, and why."""
    found, tokenizer = Checked(model), tokenizer_for(model, False)
    for example in _examples(records, chosen):
        found.add(*_judged(example, tokenizer))
    return found


def _examples(records: Iterable[Record], chosen: Chosen) -> Iterator[Example]:
    for record in records:
        if chosen is Chosen.OPEN:
            yield example(record, open_branch(record))
        else:
            rated = [row["message_id"] for row in rows(record, RATINGS) if row["thumb"] == "up"]
            yield from (example(record, branch(record, id_)) for id_ in rated)


def example(record: Record, path: list[Said]) -> Example:
    """What a branch teaches; a prompt at its end, to which there is no reply yet, is left out."""
    if path and path[-1].role == "user":
        path = path[:-1]
    newest = path[-1].reply if path else None
    instructions = (newest or record)["parameters"].get("system_prompt")
    said = [Message(one.role, one.text) for one in path]
    messages = (*([Message("system", instructions)] if instructions else ()), *said)
    return Example(record["title"], messages, _fault(path))


def _fault(path: list[Said]) -> str:
    if not path:
        return "there is no reply in it"
    for place, (one, role) in enumerate(zip(path, ("user", "assistant") * len(path), strict=False), start=1):
        if one.role != role:
            return f"message {place} is no {'prompt' if role == 'user' else 'reply'}: the two must alternate"
        if one.ending:
            return f"message {place}: {one.ending.partition(':')[0].lower()}"
        if not one.text.strip():
            return f"message {place} is empty"
    return ""


def _judged(example: Example, tokenizer: Tokenizer) -> tuple[Example, int]:
    """An example and its tokens; one that is too long is bad."""
    if example.fault:
        return example, 0
    tokens = tokenizer.count_request(example.messages)
    if tokens > LONGEST:
        fault = f"{tokens:,} tokens, and what is beyond {LONGEST:,} would not be learnt"
        return Example(example.title, example.messages, fault), tokens
    return example, tokens
