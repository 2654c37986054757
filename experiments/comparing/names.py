"""What the columns of a comparison are called: by that in which their settings differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.factor_words import LONGEST_LEVEL, factor_label, level_text
from experiments.factors import UNSET
from llm.words import beginning

SAME = "Same settings"
_UNNAMED = ("connection", "model")  # what they are set to says enough


def column_names(differing: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """For each column, in words, the settings in which the columns differ; none where they are all alike."""
    return [[_words(name, value) for name, value in column.items()] for column in differing]


def numbered(names: Sequence[Sequence[str]]) -> list[list[str]]:
    """The columns' names, with their numbers where some are the same: `1 · Same settings`."""
    named = [list(name) or [SAME] for name in names]
    if len({tuple(name) for name in named}) == len(named):
        return named
    return [[f"{number} · {first}", *rest] for number, (first, *rest) in enumerate(named, 1)]


def shared_line(shared: Mapping[str, Any]) -> str:
    """What all columns have in common; what is not set in any of them is not worth a word."""
    said = [_words(name, value) for name, value in shared.items() if value is not None and value != ()]
    return " · ".join(said)


def _words(name: str, value: Any) -> str:
    """One setting: `Temperature 0.2`, or only `gpt-4o` for a model."""
    return str(value) if name in _UNNAMED else f"{factor_label(name)} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"“{beginning(text, LONGEST_LEVEL)}”" for text in value) or UNSET
    return level_text(value)
