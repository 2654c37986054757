"""Long lists of numbers as short text: the ids of a context are mostly a run, times of chunks are near each other."""

from collections.abc import Iterable
from itertools import accumulate


def spans(ids: Iterable[int]) -> str:
    """Message ids as "7-46,49": a long context is mostly a run, and each reply of it keeps one."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def ids_in(text: str) -> tuple[int, ...]:
    """The ids that `spans` wrote."""
    runs = (run.partition("-") for run in text.split(",") if run)
    return tuple(number for first, _, last in runs for number in range(int(first), int(last or first) + 1))


def steps(numbers: Iterable[int]) -> list[int]:
    """Each number's distance from the one before, the first one's from 0."""
    numbers = tuple(numbers)
    return [number - before for number, before in zip(numbers, (0, *numbers), strict=False)]


def sums(distances: Iterable[int]) -> tuple[int, ...]:
    """The numbers that `steps` took apart."""
    return tuple(accumulate(distances))
