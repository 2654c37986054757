"""Parts of an experiment in words."""

from pathlib import Path

from llm.money import about
from llm.types import Spent

_CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def tokens_text(spent: Spent) -> str:
    """What was read and written, in tokens."""
    mark = about(spent.estimated)
    return f"{mark}{spent.usage.input_tokens:,} tokens in, {mark}{spent.usage.output_tokens:,} out"


def version() -> str:
    """The playground's version, as the changelog names the newest."""
    heading = next((line for line in _CHANGELOG.read_text("utf-8").splitlines() if line.startswith("## [")), "")
    return heading.removeprefix("## [").partition("]")[0].lower()
