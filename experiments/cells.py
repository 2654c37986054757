"""The cells of a plan, each a request that can be made, and the runs: each cell as often as it is repeated."""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from experiments.factors import Level, level_of, levels_in, with_level
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan, refuse_faulty
from experiments.templates import Row, fill
from llm.types import Settings
from llm.wire.requests import canonical, digest

MOST_CELLS = 10_000
MOST_RUNS = 100_000
_Source = tuple[int, Row]  # a prompt by its index, and the row that fills it
_Levels = Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Cell:
    """A combination of prompt, row and levels, with what it sends.

    The id (SHA-256, hex) stands for connection, model, parameters and prompt, and for nothing else: in another plan,
    or after a change of the checks, the same request has the same id.
    """

    id: str
    prompt_index: int
    row: Row  # empty for a prompt without variables
    levels: _Levels  # by the name of the factor
    settings: Settings
    prompt: str  # filled


@dataclass(frozen=True, slots=True)
class Run:
    """A cell once; repetitions are counted from 0."""

    cell: Cell
    repetition: int


def count_cells(plan: Plan) -> int:
    """How many combinations a plan has, at no cost however many; those that send the same are counted twice here."""
    levels = [len(levels) for levels in _factor_levels(plan).values()]
    sources = sum(len(plan.table) if plan.takes_rows(prompt) else 1 for prompt in plan.prompts)
    if plan.design is Design.ONE_AT_A_TIME:
        return sources * sum(1 for _ in _variations(plan))
    grid = sources * math.prod(levels)
    return min(grid, plan.sample_size) if plan.design is Design.SAMPLE else grid


def cells(plan: Plan) -> tuple[Cell, ...]:
    """The cells of a plan in their order: by prompt, row and level as they were given. Combinations that send the
    same request are one cell, the first of them.

    Raises FieldProblem if the plan is faulty or too large; nothing is built before that is known.
    """
    refuse_faulty(plan)
    _refuse_many(plan)
    return combined(plan)


def combined(plan: Plan) -> tuple[Cell, ...]:
    """The cells of a plan that has been found right before, as `cells` gives them."""
    unique: dict[str, Cell] = {}
    for source, levels in _combinations(plan):
        cell = _cell(plan, source, levels)
        unique.setdefault(cell.id, cell)
    return tuple(unique.values())


def runs(built: Iterable[Cell], repetitions: int) -> Iterator[Run]:
    """Every cell once, then every cell again: wherever it is broken off, cells have been run equally often."""
    return (Run(cell, repetition) for repetition, cell in product(range(repetitions), tuple(built)))


def identity_text(settings: Settings, prompt: str) -> str:
    """What a cell sends, as the JSON text whose digest is the cell's id."""
    sent = {"connection": settings.connection, "model": settings.model, "prompt": prompt}
    return canonical(sent | {"parameters": settings.parameters.chosen()})


def _refuse_many(plan: Plan) -> None:
    count = count_cells(plan)
    field = "sample_size" if plan.design is Design.SAMPLE else "factors"
    if count > MOST_CELLS:
        sentence = f"That makes {count:,} cells, more than {MOST_CELLS:,}: take fewer values, or a smaller sample."
        raise FieldProblem(field, sentence)
    if count * plan.repetitions > MOST_RUNS:
        total = count * plan.repetitions
        raise FieldProblem("repetitions", f"That makes {total:,} runs, more than {MOST_RUNS:,}: repeat less often.")


def _combinations(plan: Plan) -> Iterable[tuple[_Source, _Levels]]:
    sources = list(_sources(plan))
    if plan.design is Design.ONE_AT_A_TIME:
        return product(sources, tuple(_variations(plan)))
    levels = _factor_levels(plan)
    sizes = [len(sources), *map(len, levels.values())]
    total = math.prod(sizes)
    sampled = plan.design is Design.SAMPLE
    chosen = _sample(total, plan.sample_size, plan.sample_seed) if sampled else range(total)
    return (_combination(index, sources, levels) for index in chosen)


def _sources(plan: Plan) -> Iterator[_Source]:
    for index, prompt in enumerate(plan.prompts):
        yield from ((index, row) for row in (plan.table if plan.takes_rows(prompt) else ({},)))


def _factor_levels(plan: Plan) -> dict[str, tuple[Level, ...]]:
    return {factor.name: levels_in(factor, plan.settings) for factor in plan.factors}


def _variations(plan: Plan) -> Iterator[_Levels]:
    """The settings as they stand, then each other level of each factor."""
    base = {factor.name: level_of(plan.settings, factor.name) for factor in plan.factors}
    yield base
    for name, levels in _factor_levels(plan).items():
        yield from (base | {name: level} for level in levels if level != base[name])


def _combination(
    index: int, sources: list[_Source], levels: Mapping[str, tuple[Level, ...]]
) -> tuple[_Source, _Levels]:
    """The combination at a place of the grid, whose last factor turns fastest."""
    chosen = {}
    for name in reversed(levels):
        index, place = divmod(index, len(levels[name]))
        chosen[name] = levels[name][place]
    return sources[index], {name: chosen[name] for name in levels}


def _sample(total: int, size: int, seed: int) -> list[int]:
    """Places of the grid, drawn without replacement; a larger sample has those of a smaller one among them.

    By random() alone, the one generator that Python promises to keep from version to version.
    """
    generator, drawn = random.Random(seed), set()
    while len(drawn) < min(size, total):
        drawn.add(int(generator.random() * total))
    return sorted(drawn)


def _cell(plan: Plan, source: _Source, levels: _Levels) -> Cell:
    index, row = source
    settings = plan.settings
    for name, level in levels.items():
        settings = with_level(settings, name, level)
    if system_prompt := settings.parameters.system_prompt:
        parameters = replace(settings.parameters, system_prompt=fill(system_prompt, row))
        settings = replace(settings, parameters=parameters)
    prompt = fill(plan.prompts[index], row)
    if not prompt.strip():
        raise FieldProblem("table", f"A row of the table leaves prompt {index + 1} empty.")
    identity = digest(identity_text(settings, prompt))
    return Cell(identity, index, row, levels, settings, prompt)
