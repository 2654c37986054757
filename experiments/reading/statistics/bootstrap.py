"""Intervals from figures drawn again. Heavy (numpy, scipy): import it inside the function that needs it."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from experiments.reading.statistics.design import SEED, Design, Floats, Whole, block_means, draw_count, parts


def bootstrap_mean(strata: Sequence[Sequence[float]], confidence: float) -> tuple[float, float]:
    """The interval of the mean of all values, redrawn within strata of two and more: the middle of the means drawn.

    One value fewer is drawn than a stratum has, which makes the spread right for small ones (Rao & Wu 1988).
    """
    n = sum(map(len, strata))
    rng, draws = np.random.default_rng(SEED), draw_count(n)
    means = np.zeros(draws)
    for stratum in map(np.array, strata):
        for part in parts(draws, len(stratum)):
            drawn = rng.integers(len(stratum), size=(part.stop - part.start, len(stratum) - 1))
            means[part] += stratum[drawn].mean(axis=1) * len(stratum) / n
    mean = sum(map(sum, strata)) / n
    ends = np.quantile(means, ((1 - confidence) / 2, (1 + confidence) / 2)) - mean
    low, high = mean + ends * _widening(n - len(strata), confidence)
    return float(low), float(high)


def bootstrap_reach(design: Design, values: Sequence[float], pair: tuple[int, int], confidence: float) -> float | None:
    """How far the difference between two level means may be off, with this confidence; None if unknown.

    The pair may be picked afterwards as the one that differs most: every difference is measured by its own standard
    error, and the reach in these holds for all pairs at once (as Tukey's does). What is redrawn within each level is
    by how much values stray from their cell's mean, or where a level has no cell with two, from level and block.
    """
    strays, free = _strays(design, np.array(values))
    if free.min() <= 0 or np.allclose(strays, 0, atol=1e-9 * np.abs(values).max()):
        return None
    rows_of = [np.flatnonzero(design.level == level) for level in range(len(free))]
    own = [design.weights[level, rows] for level, rows in enumerate(rows_of)]
    squares = np.array([np.mean(strays[rows] ** 2) * np.sum(w**2) for rows, w in zip(rows_of, own, strict=True)])
    squares += 1e-6 * squares.mean()  # a level without any spread must not make a difference infinitely sure
    means = _redrawn_means(design, strays, rows_of)
    worst = np.zeros(len(means))
    for a, b in combinations(range(len(free)), 2):
        np.maximum(worst, np.abs(means[:, a] - means[:, b]) / math.sqrt(squares[a] + squares[b]), out=worst)
    both = squares[list(pair)]
    freedom = both.sum() ** 2 / np.sum(both**2 / free[list(pair)])  # Welch 1947
    return float(np.quantile(worst, confidence) * math.sqrt(both.sum()) * _widening(freedom, confidence))


def _redrawn_means(design: Design, strays: Floats, rows_of: Sequence[Whole]) -> Floats:
    rng, draws = np.random.default_rng(SEED), draw_count(len(strays))
    means = np.zeros((draws, len(rows_of)))
    for rows in rows_of:
        for part in parts(draws, len(rows)):
            drawn = rng.integers(len(rows), size=(part.stop - part.start, len(rows)))
            means[part] += strays[rows][drawn] @ design.weights[:, rows].T
    return means


def _strays(design: Design, values: Floats) -> tuple[Floats, Floats]:
    """By how much each value strays, scaled to what a stray from the true mean would be; each level's freedom."""
    n, levels = len(values), len(design.weights)
    _, firsts, cell = np.unique(design.block * levels + design.level, return_index=True, return_inverse=True)
    sizes = np.bincount(design.level)
    free = sizes - np.bincount(design.level[firsts])
    if free.min() > 0:
        return (values - block_means(values, cell)) * np.sqrt(sizes / free)[design.level], free.astype(float)
    left = n - int(design.block.max()) - levels
    centred = values - block_means(values, design.block)
    effects = (design.weights @ centred)[design.level]
    strays = centred - effects + block_means(effects, design.block)
    # Half of what is left to each level: a pair has it all.
    return strays * math.sqrt(n / max(left, 1)), np.full(levels, left / 2)


def _widening(free: float, confidence: float) -> float:
    """By how much wider an interval must be for its spread was taken from few values: Student's t over the normal.

    Hesterberg 2015 ("What Teachers Should Know About the Bootstrap") widens percentiles to the same end.
    """
    from scipy.special import ndtri, stdtrit

    upper = (1 + confidence) / 2
    return float(stdtrit(free, upper) / ndtri(upper))
