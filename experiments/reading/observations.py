"""The table of an experiment: one row a reply, with the levels of its cell and its metrics."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from experiments.factors import Level

Block = tuple[object, ...]  # a prompt and the levels of all factors but one


@dataclass(frozen=True, slots=True)
class Observation:
    """One recorded reply of an experiment, as figures."""

    levels: Mapping[str, Level]  # by factor
    prompt: str
    repetition: int
    metrics: Mapping[str, float | None]  # by name


def where(
    rows: Iterable[Observation],
    levels: Mapping[str, Collection[Level]] | None = None,
    prompts: Collection[str] | None = None,
) -> list[Observation]:
    """The rows whose levels and prompt are among the wanted ones; a factor that is not named is not filtered."""
    wanted = (levels or {}).items()
    return [
        row
        for row in rows
        if (prompts is None or row.prompt in prompts) and all(row.levels.get(name) in some for name, some in wanted)
    ]


def known(rows: Iterable[Observation], metric: str) -> list[Observation]:
    """The rows that have this metric."""
    return [row for row in rows if row.metrics.get(metric) is not None]


class Placed(Protocol):
    """What stands at a level of each factor: an observation, or a cell."""

    @property
    def levels(self) -> Mapping[str, Level]: ...


def levels_of(rows: Iterable[Placed], factor: str) -> tuple[Level, ...]:
    """The levels of a factor: unset first, then numbers in their order, then texts as they first appear."""
    levels = dict.fromkeys(row.levels.get(factor) for row in rows)
    numbers = sorted(level for level in levels if isinstance(level, int | float))
    texts = [level for level in levels if isinstance(level, str)]
    return (*(level for level in levels if level is None), *numbers, *texts)


def block_of(row: Observation, factor: str) -> Block:
    """What a row has in common with those that differ from it by this factor alone."""
    return row.prompt, *sorted((name, level) for name, level in row.levels.items() if name != factor)


def comparable(rows: Iterable[Observation], factor: str) -> list[Observation]:
    """The rows that have a counterpart with another level of this factor and all else the same.

    Only they show what the factor does: the others would lay the effects of prompts and other factors at its door.
    Of a full grid these are all rows, of one factor at a time its own series, of a sparse sample perhaps none.
    """
    blocks: dict[Block, list[Observation]] = defaultdict(list)
    for row in rows:
        blocks[block_of(row, factor)].append(row)
    return [row for block in blocks.values() if len(levels_of(block, factor)) > 1 for row in block]
