"""What chance alone would make of figures. Heavy (numpy): import it inside the function that needs it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from experiments.reading.statistics.design import SEED, Design, Floats, Whole, block_means, draw_count, parts

MOST_EXACT = 20_000  # arrangements that are all gone through


@dataclass(frozen=True)
class Chance:
    """How often chance alone makes the levels differ as much as they do, and the least that this could have been."""

    p: float
    least: float


def permutation_test(design: Design, values: Sequence[float], tests: int) -> Chance:
    """The chance of a largest difference between level means like this one, were the levels shuffled in each block.

    Exact up to 20,000 arrangements; else from draws, the observed one among them (Phipson & Smyth 2010), and enough
    of them for a correction for this many tests.
    """
    centred = np.array(values) - block_means(np.array(values), design.block)
    groups = [(design.weights[:, rows], centred[rows], sizes) for rows, sizes in _blocks(design)]
    if math.prod(_arrangement_count(sizes) for *_, sizes in groups) <= MOST_EXACT:
        means = np.zeros((1, len(design.weights)))
        for weights, group, sizes in groups:
            means = (means[:, None] + group[_arrangements(sizes)] @ weights.T).reshape(-1, len(weights))
    else:
        means = _shuffled_means(groups, max(draw_count(len(values)), 40 * tests))
    spreads = np.ptp(means, axis=1)
    tolerance = 1e-9 * spreads.max()
    observed = np.ptp(design.weights @ centred)
    return Chance(float(np.mean(spreads >= observed - tolerance)), float(np.mean(spreads >= spreads.max() - tolerance)))


def _blocks(design: Design) -> Iterator[tuple[Whole, tuple[int, ...]]]:
    """The rows of each block, sorted by level, and how many each level has there."""
    order = np.lexsort((design.level, design.block))
    for rows in np.split(order, np.flatnonzero(np.diff(design.block[order])) + 1):
        yield rows, tuple(int(size) for size in np.bincount(design.level[rows]) if size)


def _arrangement_count(sizes: tuple[int, ...]) -> int:
    return math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))


@lru_cache(maxsize=64)
def _arrangements(sizes: tuple[int, ...]) -> Whole:
    """Every way to deal values to groups of these sizes: rows of indices, the first group's first."""

    def dealt(left: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if not sizes:
            yield ()
        for chosen in combinations(left, sizes[0]) if sizes else ():
            rest = tuple(i for i in left if i not in chosen)
            yield from (chosen + others for others in dealt(rest, sizes[1:]))

    return np.array(list(dealt(tuple(range(sum(sizes))), sizes)))


def _shuffled_means(groups: Sequence[tuple[Floats, Floats, tuple[int, ...]]], draws: int) -> Floats:
    rng = np.random.default_rng(SEED)
    means = np.zeros((draws, len(groups[0][0])))
    for weights, group, _ in groups:
        for part in parts(draws, len(group)):
            copies = np.tile(group, (part.stop - part.start, 1))
            means[part] += rng.permuted(copies, axis=1) @ weights.T
    observed = sum(weights @ group for weights, group, _ in groups)
    return np.vstack([observed, means])
