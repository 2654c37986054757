"""Shuffled and redrawn figures, by the thousand. Heavy (numpy): import it inside the function that needs it.

Every draw is seeded: the same figures always give the same answer.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

MOST_EXACT = 20_000  # arrangements that are all gone through
MOST_DRAWS, FEWEST_DRAWS = 9_999, 1_999
DRAWN_VALUES = 20_000_000  # in all draws together, where that leaves the fewest
_SEED = 20_261_121


@dataclass(frozen=True)
class Design:
    """Which level and which block each value has; `weights @ values` are the level means, the blocks' part taken out.

    Of a balanced table these are the plain means of the levels.
    """

    level: Whole
    block: Whole
    weights: Floats  # levels × values


@dataclass(frozen=True)
class Chance:
    """How often chance alone makes the levels differ as much as they do, and the least that this could have been."""

    p: float
    least: float


def design_of(level: Sequence[int], block: Sequence[int]) -> Design | None:
    """The design of values whose levels and blocks are numbered from 0; None if the blocks do not join all levels."""
    levels, blocks = np.array(level), np.array(block)
    is_level = np.eye(levels.max() + 1)[levels]
    within = is_level - _block_means(is_level, blocks)
    if np.linalg.matrix_rank(within.T @ within) < is_level.shape[1] - 1:
        return None
    # Least squares with an effect for each block; the pseudo-inverse makes the levels' own effects sum to 0.
    effects = np.linalg.pinv(within.T @ within, hermitian=True) @ within.T
    return Design(levels, blocks, effects + 1 / len(levels))


def permutation_test(design: Design, values: Sequence[float], tests: int) -> Chance:
    """The chance of a largest difference between level means like this one, were the levels shuffled in each block.

    Exact up to 20,000 arrangements; else from draws, the observed one among them (Phipson & Smyth 2010), and enough
    of them for a correction for this many tests.
    """
    centred = np.array(values) - _block_means(np.array(values), design.block)
    groups = [(design.weights[:, rows], centred[rows], sizes) for rows, sizes in _blocks(design)]
    if math.prod(_arrangement_count(sizes) for *_, sizes in groups) <= MOST_EXACT:
        means = np.zeros((1, len(design.weights)))
        for weights, group, sizes in groups:
            means = (means[:, None] + group[_arrangements(sizes)] @ weights.T).reshape(-1, len(weights))
    else:
        means = _shuffled_means(groups, max(_draws(len(values)), 40 * tests))
    spreads = np.ptp(means, axis=1)
    tolerance = 1e-9 * spreads.max()
    observed = np.ptp(design.weights @ centred)
    return Chance(float(np.mean(spreads >= observed - tolerance)), float(np.mean(spreads >= spreads.max() - tolerance)))


def bootstrap_reach(design: Design, values: Sequence[float], confidence: float) -> float | None:
    """How far every difference between two level means may be off at once, with this confidence; None if unknown.

    The largest of all differences may be picked afterwards: the reach holds for it too (as Tukey's does). What is
    redrawn within each level is by how much values stray from their cell's mean, or where a level has no cell with
    two values, from level and block together; scaled, since strays from a mean taken of so few are too small.
    """
    strays, free = _strays(design, np.array(values))
    if free < 1 or np.ptp(strays) == 0:
        return None
    rng, draws = np.random.default_rng(_SEED), _draws(len(values))
    means = np.zeros((draws, len(design.weights)))
    for level in range(len(design.weights)):
        rows = np.flatnonzero(design.level == level)
        drawn = rng.integers(len(rows), size=(draws, len(rows)))
        means += strays[rows][drawn] @ design.weights[:, rows].T
    return float(np.quantile(np.ptp(means, axis=1), confidence)) * _widening(free, confidence)


def bootstrap_mean(strata: Sequence[Sequence[float]], confidence: float) -> tuple[float, float]:
    """The interval of the mean of all values, redrawn within strata of two and more: the middle of the means drawn.

    One value fewer is drawn than a stratum has, which makes the spread right for small ones (Rao & Wu 1988).
    """
    n = sum(map(len, strata))
    rng, draws = np.random.default_rng(_SEED), _draws(n)
    means = np.zeros(draws)
    for stratum in map(np.array, strata):
        drawn = rng.integers(len(stratum), size=(draws, len(stratum) - 1))
        means += stratum[drawn].mean(axis=1) * len(stratum) / n
    mean = sum(map(sum, strata)) / n
    ends = np.quantile(means, ((1 - confidence) / 2, (1 + confidence) / 2)) - mean
    low, high = mean + ends * _widening(n - len(strata), confidence)
    return float(low), float(high)


def _widening(free: int, confidence: float) -> float:
    """By how much wider an interval must be for its spread was taken from few values: Student's t over the normal.

    Hesterberg 2015 ("What Teachers Should Know About the Bootstrap", section 5.3) widens percentiles to the same end.
    """
    from scipy.special import ndtri, stdtrit

    upper = (1 + confidence) / 2
    return float(stdtrit(free, upper) / ndtri(upper))


def _draws(n: int) -> int:
    return max(FEWEST_DRAWS, min(MOST_DRAWS, DRAWN_VALUES // n))


def _block_means(values: Floats, block: Whole) -> Floats:
    """For each row the mean of its block."""
    sums = np.zeros((block.max() + 1, *values.shape[1:]))
    np.add.at(sums, block, values)
    counts = np.bincount(block).reshape(-1, *[1] * (values.ndim - 1))
    return (sums / counts)[block]


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
    rng = np.random.default_rng(_SEED)
    means = np.zeros((draws + 1, len(groups[0][0])))
    for weights, group, _ in groups:
        shuffled = rng.permuted(np.tile(group, (draws + 1, 1)), axis=1)
        shuffled[0] = group
        means += shuffled @ weights.T
    return means


def _strays(design: Design, values: Floats) -> tuple[Floats, int]:
    """By how much each value strays, scaled to what a stray from the true mean would be, and the degrees of freedom."""
    n, levels = len(values), len(design.weights)
    _, firsts, cell = np.unique(design.block * levels + design.level, return_index=True, return_inverse=True)
    sizes, cells = np.bincount(design.level), np.bincount(design.level[firsts])
    if np.all(sizes > cells):
        scale = np.sqrt(sizes / (sizes - cells))
        return (values - _block_means(values, cell)) * scale[design.level], n - len(firsts)
    free = n - int(design.block.max()) - levels
    centred = values - _block_means(values, design.block)
    effects = (design.weights @ centred)[design.level]
    strays = centred - effects + _block_means(effects, design.block)
    return strays * math.sqrt(n / max(free, 1)), free
