"""Factors: the settings that an experiment turns, each with the levels it takes, and how such levels are typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from experiments.field_problem import FieldProblem
from llm.models.limits import problems
from llm.types import Parameters, Settings

Level = str | int | float | None  # None: unset, so not sent

MODEL = "model"
UNSET = "default"  # how an unset level is typed and shown
MOST_LEVELS = 200
_AT = " @ "  # between a model and its connection
_DECIMALS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_WHOLE = ("max_tokens", "seed")
_LISTS = (*_DECIMALS, *_WHOLE, "reasoning_effort")  # typed with commas; the other factors hold texts, one a line
FACTORS = (MODEL, *_LISTS, "system_prompt")
_EXAMPLES = {
    MODEL: "a model on each line",
    "top_p": "0.5, 0.9 or 0.5:1:0.1",
    "max_tokens": "64, 256 or 64:512:64",
    "seed": "1, 2 or 1:5:1",
    "reasoning_effort": "low, high",
    "system_prompt": "a system prompt on each line",
}
_EXAMPLE = "0, 0.5 or 0:1:0.25"
_MARKS = str.maketrans("，、；;：−\n\r", ",,,,:-,,")
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,6})?|\.\d{1,6})")  # sums of such are exact in the digits of a Decimal
_SCIENTIFIC = re.compile(r"[+-]?\d{1,6}(\.\d{1,6})?e[+-]?\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Factor:
    """A setting by its name in `FACTORS`, and its levels in their order.

    A model is named alone, if the plan's own connection serves it, or as "model @ connection".
    """

    name: str
    levels: tuple[Level, ...]

    def refuse_faulty(self) -> None:
        """Raise FieldProblem if the factor is none, or a level is none that a server could take."""
        if self.name not in FACTORS:
            raise FieldProblem(self.name, f"“{self.name}” cannot be varied: choose one of {', '.join(FACTORS)}.")
        if not self.levels:
            raise FieldProblem(self.name, f"Type at least one value, such as {example(self.name)}.")
        if len(self.levels) > MOST_LEVELS:
            raise FieldProblem(self.name, f"That is {len(self.levels):,} values: take at most {MOST_LEVELS}.")
        for level in self.levels:
            if sentence := _fault(self.name, level):
                raise FieldProblem(self.name, sentence)


def read_factor(name: str, typed: str) -> Factor:
    """The factor that a user typed: a list with commas ("0, 0.5, 1"), ranges in it as start:stop:step, the stop
    included where it is hit; texts and models one a line. Each level counts once, "default" leaves it unset.

    Raises FieldProblem, its field the factor's name.
    """
    read = _listed(name, typed) if name in _LISTS else filter(None, map(str.strip, typed.splitlines()))
    levels = (None if level == UNSET and name != MODEL else level for level in read)
    factor = Factor(name, tuple(dict.fromkeys(levels)))
    factor.refuse_faulty()
    return factor


def example(name: str) -> str:
    """How levels of a factor may be typed."""
    return _EXAMPLES.get(name, _EXAMPLE)


def levels_in(factor: Factor, settings: Settings) -> tuple[Level, ...]:
    """The factor's levels as cells name them: each once, a model of the settings' own connection by its name alone."""
    if factor.name != MODEL:
        return tuple(dict.fromkeys(factor.levels))
    return tuple(dict.fromkeys(str(level).removesuffix(_AT + settings.connection) for level in factor.levels))


def level_of(settings: Settings, name: str) -> Level:
    """Where a factor stands in some settings."""
    return settings.model if name == MODEL else getattr(settings.parameters, name)


def with_level(settings: Settings, name: str, level: Level) -> Settings:
    """The settings with a factor at a level."""
    if name == MODEL:
        model, _, connection = str(level).rpartition(_AT) if _AT in str(level) else (level, "", settings.connection)
        return replace(settings, model=model, connection=connection)
    value = float(level) if name in _DECIMALS and level is not None else level
    return replace(settings, parameters=replace(settings.parameters, **{name: value}))


def _fault(name: str, level: Level) -> str:
    if name == MODEL or name == "system_prompt":
        is_text = isinstance(level, str) and level.strip()
        return "" if is_text or (level is None and name != MODEL) else f"Type {_EXAMPLES[name]}."
    return next(iter(problems(Parameters(**{name: level})).values()), "")


def _listed(name: str, typed: str) -> Iterator[Level]:
    for item in filter(None, map(str.strip, typed.translate(_MARKS).split(","))):
        parts = [part.strip() for part in item.split(":")]
        if item == UNSET or name == "reasoning_effort":
            yield item
        elif len(parts) == 1:
            yield _level(name, _number(name, item))
        elif len(parts) == 3:
            yield from (_level(name, value) for value in _range(name, *(_number(name, part) for part in parts)))
        else:
            raise FieldProblem(name, f"“{item}” is no range: write start:stop:step, such as 0:1:0.25.")


def _range(name: str, start: Decimal, stop: Decimal, step: Decimal) -> Iterator[Decimal]:
    if not step:
        raise FieldProblem(name, f"A step of 0 never leads from {start} to {stop}: choose another step.")
    if (stop - start) * step < 0:
        raise FieldProblem(name, f"A step of {step} leads away from {stop}: use {-step}.")
    count = int((stop - start) // step) + 1
    if count > MOST_LEVELS:
        raise FieldProblem(name, f"That range has {count:,} values: take at most {MOST_LEVELS}, with a larger step.")
    return (start + i * step for i in range(count))


def _number(name: str, text: str) -> Decimal:
    if _SCIENTIFIC.fullmatch(text):
        text = f"{Decimal(text):f}"
    if not _NUMBER.fullmatch(text):
        raise FieldProblem(name, f"“{text}” is not a number that can be used here: type {example(name)}.")
    return Decimal(text)


def _level(name: str, value: Decimal) -> Level:
    if name in _WHOLE and value == value.to_integral_value():
        return int(value)
    return float(value) + 0.0  # -0 becomes 0
