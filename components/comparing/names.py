"""What the columns of a comparison are called: by that in which their settings differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.sidebar.parameter_controls import DEFAULT, HELP

SHORT = 60  # characters of a text that stand in a name
UNNAMED = ("connection", "model")  # what they are set to says enough


def words(name: str, value: Any) -> str:
    """One setting in words: `Temperature 0.2`, or only `gpt-4o` for a model."""
    if name in UNNAMED:
        return str(value)
    return f"{HELP[name].label} {_value(value)}"


def column_names(differing: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """For each column, in words, the settings in which the columns differ; none where they are all alike."""
    return [[words(name, value) for name, value in column.items()] for column in differing]


def shared_line(shared: Mapping[str, Any]) -> str:
    """What all columns have in common; what is not set in any of them is not worth a word."""
    said = [words(name, value) for name, value in shared.items() if value is not None and value != ()]
    return " · ".join(said)


def _value(value: Any) -> str:
    if value is None or value == ():
        return DEFAULT
    if isinstance(value, tuple):
        return ", ".join(f"“{_short(text)}”" for text in value)
    if isinstance(value, float):
        return f"{value:g}"
    return f"“{_short(value)}”" if isinstance(value, str) and " " in value else _short(str(value))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"
