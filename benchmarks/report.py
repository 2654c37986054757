"""Figures, and the table that shows them."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

DIGITS = {"ms": 0, "s": 2, "MB": 1}


@dataclass(frozen=True)
class Figure:
    """What is measured, in ms, s or MB; `goal` is the most that it should be, None if none is set."""

    name: str
    unit: str
    goal: float | None = None


Sample = Mapping[Figure, float]  # what one run has measured
Samples = Generator[Sample, None, None]  # of ever more runs, until it is closed


def table(measured: Mapping[str, Sequence[Sample]]) -> str:
    """A table in Markdown, with a line for each figure of each scenario: median and spread of its runs."""
    head = ["| scenario | what | median | spread | unit | goal | runs |", "|---|---|---|---|---|---|---|"]
    lines = [
        _line(scenario, figure, [sample[figure] for sample in samples if figure in sample])
        for scenario, samples in measured.items()
        for figure in dict.fromkeys(figure for sample in samples for figure in sample)
    ]
    return "\n".join([*head, *lines])


def _line(scenario: str, figure: Figure, values: Sequence[float]) -> str:
    digits = DIGITS[figure.unit]
    low, high = (f"{value:,.{digits}f}" for value in (min(values), max(values)))
    spread = f"{low} to {high}" if low != high else "-"
    goal = "-" if figure.goal is None else f"{figure.goal:g}"
    cells = (scenario, figure.name, f"{median(values):,.{digits}f}", spread, figure.unit, goal, len(values))
    return f"| {' | '.join(map(str, cells))} |"


def percentile(values: Iterable[float], percent: float) -> float:
    """The value that so many percent of them do not exceed, the nearest of them."""
    ranked = sorted(values)
    return ranked[round(percent / 100 * (len(ranked) - 1))]
