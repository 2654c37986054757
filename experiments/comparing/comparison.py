"""What is compared: the settings of the columns, where they differ, and what keeps them from being sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from experiments.field_problem import FieldProblem
from llm.models.limits import problems
from llm.types import Parameters, Settings

FEWEST_COLUMNS, MOST_COLUMNS = 2, 8
MOST_REPETITIONS = 10
LONGEST_TEXT = 24  # characters of a system prompt that a name shows
_MARKS = (" @ ", " · ", '"')  # what stands between the parts of a name


@dataclass(frozen=True, slots=True)
class Setup:
    """A comparison before its first prompt: the settings of each column, and how often each is asked."""

    columns: tuple[Settings, ...]
    repetitions: int = 1
    blind: bool = False  # the columns are shuffled and their settings hidden until they are revealed


def refuse_faulty(setup: Setup) -> None:
    """Raise FieldProblem for the first thing that keeps a comparison from being sent; its field names the place.

    That is `columns`, `repetitions`, or `columns.0.model` for a setting of the first column.
    """
    if not FEWEST_COLUMNS <= len(setup.columns) <= MOST_COLUMNS:
        raise FieldProblem("columns", f"Compare {FEWEST_COLUMNS} to {MOST_COLUMNS} columns.")
    if not 1 <= setup.repetitions <= MOST_REPETITIONS:
        raise FieldProblem("repetitions", f"Choose 1 to {MOST_REPETITIONS} repetitions.")
    for column, settings in enumerate(setup.columns):
        if not settings.model:
            raise FieldProblem(f"columns.{column}.model", f"Column {column + 1}: Choose a model, or type its name.")
        for name, sentence in problems(settings.parameters).items():
            raise FieldProblem(f"columns.{column}.{name}", f"Column {column + 1}: {sentence}")


def differing(columns: Sequence[Settings]) -> tuple[dict[str, Any], ...]:
    """For each column the settings in which not all are alike, by name; what is unset is None."""
    values = [_values(settings) for settings in columns]
    alike = shared(columns)
    return tuple({name: value for name, value in column.items() if name not in alike} for column in values)


def shared(columns: Sequence[Settings]) -> dict[str, Any]:
    """The settings that are alike in all columns, by name; what is unset in all is None."""
    first, *others = (_values(settings) for settings in columns)
    return {name: value for name, value in first.items() if all(other[name] == value for other in others)}


def setting_text(settings: Settings) -> str:
    """A short name of settings; other settings have another one, in whatever comparison."""
    chosen = settings.parameters.chosen()
    parts = (f"{name.replace('_', ' ')} {_value_text(value)}" for name, value in chosen.items())
    return " · ".join((f"{_name(settings.model)} @ {_name(settings.connection)}", *parts))


def _values(settings: Settings) -> dict[str, Any]:
    chosen = settings.parameters.chosen()
    parameters = {f.name: chosen.get(f.name) for f in fields(Parameters)}
    return {"connection": settings.connection, "model": settings.model, **parameters}


def _name(text: str) -> str:
    return _quoted(text) if any(mark in text for mark in _MARKS) else text


def _value_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_quoted, value))
    if isinstance(value, str):
        return _quoted(value)
    return str(int(value)) if value == int(value) else repr(value)  # 1.0 is 1


def _quoted(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return json.dumps(text, ensure_ascii=False)
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{json.dumps(text[:LONGEST_TEXT] + '…', ensure_ascii=False)} ({digest})"
