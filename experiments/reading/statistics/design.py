"""Which figures are compared with which. Heavy (numpy): import it inside the function that needs it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

SEED = 20_261_121  # of every draw: the same figures always give the same answer
MOST_DRAWS, FEWEST_DRAWS = 9_999, 1_999
DRAWN_VALUES = 20_000_000  # in all draws together, where that leaves the fewest
_ROUNDING = 1e-9
VALUES_AT_ONCE = 1_000_000  # 8 MB


@dataclass(frozen=True)
class Design:
    """Which level and which block each value has; `weights @ values` are the level means, the blocks' part taken out.

    Of a balanced table these are the plain means of the levels.
    """

    level: Whole
    block: Whole
    weights: Floats  # levels × values


def design_of(level: Sequence[int], block: Sequence[int]) -> Design | None:
    """The design of values whose levels and blocks are numbered from 0; None if the blocks do not join all levels."""
    levels, blocks = np.array(level), np.array(block)
    is_level = np.eye(levels.max() + 1)[levels]
    within = is_level - block_means(is_level, blocks)
    products = within.T @ within
    # By a tolerance of our own: over thousands of rows the rounding exceeds numpy's, and its inverse would be noise.
    if np.linalg.matrix_rank(products, rtol=_ROUNDING, hermitian=True) < len(products) - 1:
        return None
    # Least squares with an effect for each block; the pseudo-inverse makes the levels' own effects sum to 0.
    effects = np.linalg.pinv(products, rtol=_ROUNDING, hermitian=True) @ within.T
    return Design(levels, blocks, effects + 1 / len(levels))


def block_means(values: Floats, block: Whole) -> Floats:
    """For each row the mean of its block."""
    sums = np.zeros((block.max() + 1, *values.shape[1:]))
    np.add.at(sums, block, values)
    counts = np.bincount(block).reshape(-1, *[1] * (values.ndim - 1))
    return (sums / counts)[block]


def draw_count(n: int) -> int:
    """How many times n values are drawn: fewer times where they are many."""
    return max(FEWEST_DRAWS, min(MOST_DRAWS, DRAWN_VALUES // n))


def parts(draws: int, n: int) -> Iterator[slice]:
    """The draws of n values in parts that take little memory."""
    step = max(1, VALUES_AT_ONCE // n)
    return (slice(start, min(start + step, draws)) for start in range(0, draws, step))
