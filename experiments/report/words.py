"""Parts of an experiment in words."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from experiments.checks.check import Check
from experiments.plan_json import CHECKS
from llm.money import money
from llm.types import Spent

_CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def check_text(check: Check) -> str:
    """A check with its settings: contains: text “Paris”, ignore case."""
    kind = next(kind for kind, of in CHECKS.items() if of is type(check))
    settings = [_setting(field.name, getattr(check, field.name)) for field in fields(check)]
    return f"{kind}: {', '.join(filter(None, settings))}".removesuffix(": ")


def spent_text(spent: Spent) -> str:
    """What was spent: $0.0123, ≈$0.0123, free, nothing; what is not known is said, never counted as 0."""
    if not spent.replies:
        return "nothing"
    if spent.unpriced == spent.replies:
        return "n/a (no price is known)"
    known = "free" if spent.free and not spent.cost else f"{'≈' if spent.estimated else ''}{money(spent.cost)}"
    return f"{known}, and {counted(spent.unpriced, 'reply', 'replies')} at no known price" if spent.unpriced else known


def tokens_text(spent: Spent) -> str:
    """What was read and written, in tokens."""
    mark = "≈" if spent.estimated else ""
    return f"{mark}{spent.usage.input_tokens:,} tokens in, {mark}{spent.usage.output_tokens:,} out"


def duration_text(seconds: float) -> str:
    """A duration: 42 s, 3 min 5 s, 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: 1 run, 2 runs, 2 replies."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def version() -> str:
    """The playground's version, as the changelog names the newest."""
    heading = next((line for line in _CHANGELOG.read_text("utf-8").splitlines() if line.startswith("## [")), "")
    return heading.removeprefix("## [").partition("]")[0].lower()


def _setting(name: str, value: Any) -> str:
    words = name.replace("_", " ")
    if value is None or value is False:
        return ""
    if value is True:
        return words
    return f"{words} “{value}”" if isinstance(value, str) else f"{words} {value:g}"
