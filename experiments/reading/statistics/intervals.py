"""How sure a figure is: 95% intervals of shares and of means."""

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a 95% interval."""

    low: float
    high: float

    def within(self, low: float, high: float) -> "Interval":
        """The part of it that can be, where a figure has ends."""
        return Interval(min(max(self.low, low), high), min(max(self.high, low), high))


def wilson(successes: float, n: int) -> Interval:
    """The interval of a share of successes among n > 0; half a success (a tie) may count.

    Wilson 1927, as Newcombe 1998 recommends it ("Two-sided confidence intervals for the single proportion", method
    3, no continuity correction): unlike the textbook one it stays within 0 and 1 and has a width at 0 of n and n of n.
    """
    share, z2 = successes / n, _Z * _Z
    middle = share + z2 / (2 * n)
    reach = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def mean_interval(values: Sequence[float], strata: Sequence[Hashable]) -> Interval | None:
    """The interval of a mean, a bootstrap's; None where no spread is seen.

    The bootstrap draws within each stratum (a prompt, say), so that it speaks of these prompts and not of others; where
    a stratum has one value only it draws from all values alike, and the differences between prompts widen it.
    """
    if len(set(values)) < 2:
        return None
    from experiments.reading.statistics.bootstrap import bootstrap_mean

    groups: dict[Hashable, list[float]] = defaultdict(list)
    for value, stratum in zip(values, strata, strict=True):
        groups[stratum].append(value)
    drawn_apart = list(groups.values()) if min(map(len, groups.values())) > 1 else [list(values)]
    low, high = bootstrap_mean(drawn_apart, CONFIDENCE)
    return None if math.isclose(low, high, abs_tol=1e-12) else Interval(low, high)


def share_interval(values: Sequence[float], strata: Sequence[Hashable]) -> Interval | None:
    """The interval of a mean of shares: Wilson's where each is all or nothing, also where all are alike."""
    if values and set(values) <= {0, 1}:
        return wilson(sum(values), len(values))
    return mean_interval(values, strata)
