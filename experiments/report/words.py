"""Parts of an experiment in words."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from experiments.checks.check import Check
from experiments.plan_json import CHECKS
from llm.money import about
from llm.types import Spent

_CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def check_text(check: Check) -> str:
    """A check with its settings: contains: text “Paris”, ignore case."""
    kind = next(kind for kind, of in CHECKS.items() if of is type(check))
    settings = [_setting(field.name, getattr(check, field.name)) for field in fields(check)]
    return f"{kind}: {', '.join(filter(None, settings))}".removesuffix(": ")


def tokens_text(spent: Spent) -> str:
    """What was read and written, in tokens."""
    mark = about(spent.estimated)
    return f"{mark}{spent.usage.input_tokens:,} tokens in, {mark}{spent.usage.output_tokens:,} out"


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
