"""What is measured of a reply: each figure's name, unit and better end, and the figure itself or None."""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from statistics import fmean
from typing import Literal

from llm.money import money
from llm.replies.live import tokens_per_second
from llm.types import Cost, Status, Timing, Usage

LONGEST_COMPARED = 20_000  # characters of each reply that its similarity to others is taken from
MOST_COMPARED = 20  # repetitions: the pairs of a hundred would take a hundred times as long as its checks
Tokenize = Callable[[str], Sequence[Hashable]]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of replies: how it is called and written, and which end of it is better, if any."""

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower", "neither"]
    text: Callable[[float], str]  # a value of it, or a difference of two, in words
    low: float = 0.0  # the ends of what a value of it can be
    high: float = math.inf
    is_share: bool = False  # of things that are so or not, of which one reply has few: its values are 0 or 1 or between
    axis: str = ",.6~f"  # its numbers along an axis, as d3-format has it
    meaning: str = ""  # in a clause, where the title does not say it
    none: str = ""  # what a value of 0 is called, if not a number

    def value_text(self, value: float) -> str:
        """A value of it in words; `text` writes differences of two as well."""
        return self.none if self.none and not value else self.text(value)


def _written(form: str) -> Callable[[float], str]:
    return lambda value: form.format(value)


def _dollars(value: float) -> str:
    words = money(Decimal(str(abs(value))))
    if value >= 0:
        return words
    return f">-{words[1:]}" if words.startswith("<") else f"-{words}"


_SHARE, _TWO_DIGITS = _written("{:z.0%}"), _written("{:z.2f}")
_PERCENT = {"high": 1.0, "is_share": True, "axis": ".3~%"}
_DISTINCT = "how varied a reply is, the share of its {} that differ from one another; lower where it repeats itself"

METRICS = {
    metric.name: metric
    for metric in (
        Metric("check_pass_rate", "check pass rate", "share of its checks", "higher", _SHARE, **_PERCENT),
        Metric("judge_score", "judge score", "1 to 5", "higher", _TWO_DIGITS, 1.0, 5.0),
        Metric("cost", "cost", "US dollars", "lower", _dollars, axis="$,.6~f", none="free"),
        Metric("output_tokens", "output tokens", "tokens, reasoning included", "neither", _written("{:z,.0f}")),
        Metric("first_token", "time to first token", "seconds", "lower", _written("{:z.2f} s")),
        Metric("tokens_per_second", "tokens/s", "tokens per second", "higher", _written("{:z,.1f}")),
        Metric("truncated", "truncation", "share of replies cut by max_tokens", "lower", _SHARE, **_PERCENT),
        Metric(
            "distinct_1",
            "distinct-1",
            "share of its tokens that differ",
            "neither",
            _TWO_DIGITS,
            high=1.0,
            meaning=_DISTINCT.format("tokens"),
        ),
        Metric(
            "distinct_2",
            "distinct-2",
            "share of its token pairs that differ",
            "neither",
            _TWO_DIGITS,
            high=1.0,
            meaning=_DISTINCT.format("pairs of neighbouring tokens"),
        ),
        Metric(
            "similarity",
            "similarity among repetitions",
            "0 to 1",
            "neither",
            _TWO_DIGITS,
            high=1.0,
            meaning="how alike the replies to the same request are; 1 is equal",
        ),
    )
}


def qualities(metrics: Iterable[Metric]) -> list[Metric]:
    """Those of some metrics that say which reply is better, whatever it costs."""
    return [metric for metric in metrics if metric.better != "neither" and metric.name != "cost"]


@dataclass(frozen=True, slots=True)
class MeasuredReply:
    """What the figures of one reply are taken from; `passed` has an entry for each check that was made."""

    text: str
    status: Status
    finish_reason: str | None
    usage: Usage
    cost: Cost | None
    timing: Timing | None
    passed: tuple[bool, ...] = ()
    judge_score: float | None = None


def measure(reply: MeasuredReply, tokenize: Tokenize) -> dict[str, float | None]:
    """Every metric of one reply, by name; None where it does not apply.

    A reply that did not complete has a cost and nothing else: what is missing of it would count as a finding.
    `similarity` belongs to a whole cell (`similarity`) and is None here.
    """
    amount = reply.cost.amount if reply.cost else None
    figures: dict[str, float | None] = dict.fromkeys(METRICS)
    figures["cost"] = None if amount is None else float(amount)
    if reply.status is not Status.COMPLETE:
        return figures
    timing, tokens = reply.timing or Timing(), tokenize(reply.text)
    return figures | {
        "check_pass_rate": fmean(reply.passed) if reply.passed else None,
        "judge_score": reply.judge_score,
        "output_tokens": float(reply.usage.output_tokens),
        "first_token": timing.first_token,
        "tokens_per_second": tokens_per_second(reply.usage.output_tokens, timing.first_token, timing.duration),
        "truncated": float(reply.finish_reason == "length"),
        "distinct_1": distinct(tokens, 1),
        "distinct_2": distinct(tokens, 2),
    }


def distinct(tokens: Sequence[Hashable], n: int) -> float | None:
    """The share of a text's runs of n tokens that differ from one another; None for fewer than n tokens.

    Distinct-n of Li et al. 2016 ("A Diversity-Promoting Objective Function"). It falls with length:
    a knob that only makes replies longer lowers it too.
    """
    count = len(tokens) - n + 1
    return len(set(zip(*(tokens[i:] for i in range(n)), strict=False))) / count if count > 0 else None


def similarity(texts: Sequence[str]) -> float | None:
    """How alike the repetitions of a cell are, from 0 to 1: the mean over their pairs; None for fewer than two.

    Of a pair it is rapidfuzz's normalised Indel similarity, 1 - (insertions + deletions) / (both lengths), over the
    characters of the first 20,000 of each; of more than 20 repetitions the first 20 are compared.
    """
    from rapidfuzz.distance import Indel

    pairs = combinations([text[:LONGEST_COMPARED] for text in texts[:MOST_COMPARED]], 2)
    return fmean(Indel.normalized_similarity(*pair) for pair in pairs) if len(texts) > 1 else None
