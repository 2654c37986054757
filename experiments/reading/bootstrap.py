"""Intervals from figures drawn again. Heavy (numpy, scipy): import it inside the function that needs it."""

import math
from collections.abc import Sequence

import numpy as np

from experiments.reading.design import SEED, Design, Floats, block_means, draw_count, parts


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


def bootstrap_reach(design: Design, values: Sequence[float], confidence: float) -> float | None:
    """How far every difference between two level means may be off at once, with this confidence; None if unknown.

    The largest of all differences may be picked afterwards: the reach holds for it too (as Tukey's does). What is
    redrawn within each level is by how much values stray from their cell's mean, or where a level has no cell with
    two values, from level and block together; scaled, since strays from a mean taken of so few are too small.
    """
    strays, free = _strays(design, np.array(values))
    if free < 1 or np.allclose(strays, 0, atol=1e-9 * np.abs(values).max()):
        return None
    rng, draws = np.random.default_rng(SEED), draw_count(len(values))
    means = np.zeros((draws, len(design.weights)))
    for level in range(len(design.weights)):
        rows = np.flatnonzero(design.level == level)
        for part in parts(draws, len(rows)):
            drawn = rng.integers(len(rows), size=(part.stop - part.start, len(rows)))
            means[part] += strays[rows][drawn] @ design.weights[:, rows].T
    return float(np.quantile(np.ptp(means, axis=1), confidence)) * _widening(free, confidence)


def _strays(design: Design, values: Floats) -> tuple[Floats, int]:
    """By how much each value strays, scaled to what a stray from the true mean would be, and the degrees of freedom."""
    n, levels = len(values), len(design.weights)
    _, firsts, cell = np.unique(design.block * levels + design.level, return_index=True, return_inverse=True)
    sizes, cells = np.bincount(design.level), np.bincount(design.level[firsts])
    if np.all(sizes > cells):
        scale = np.sqrt(sizes / (sizes - cells))
        return (values - block_means(values, cell)) * scale[design.level], n - len(firsts)
    free = n - int(design.block.max()) - levels
    centred = values - block_means(values, design.block)
    effects = (design.weights @ centred)[design.level]
    strays = centred - effects + block_means(effects, design.block)
    return strays * math.sqrt(n / max(free, 1)), free


def _widening(free: int, confidence: float) -> float:
    """By how much wider an interval must be for its spread was taken from few values: Student's t over the normal.

    Hesterberg 2015 ("What Teachers Should Know About the Bootstrap") widens percentiles to the same end.
    """
    from scipy.special import ndtri, stdtrit

    upper = (1 + confidence) / 2
    return float(stdtrit(free, upper) / ndtri(upper))
