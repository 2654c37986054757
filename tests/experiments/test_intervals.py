"""Intervals: published values, and simulations in which they hold the truth as often as they say."""

import numpy as np
import pytest

from experiments.reading.statistics.intervals import mean_interval, share_interval, wilson

SEEDS = range(400)


def ends(interval):
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(successes, n, low, high):
    # Newcombe 1998, table I, method 3
    assert ends(wilson(successes, n)) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_as_scipy_has_it():
    from scipy.stats import binomtest

    for n in (1, 5, 40):
        for successes in range(n + 1):
            expected = binomtest(successes, n).proportion_ci(method="wilson")
            assert ends(wilson(successes, n)) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_half_a_success_lies_between():
    assert wilson(2, 9).low < wilson(2.5, 9).low < wilson(3, 9).low


def test_shares_have_wilsons_interval():
    assert share_interval([0, 1, 1, 0.0], "甲甲乙乙") == wilson(2, 4)
    assert share_interval([1, 1, 1], "甲甲乙") == wilson(3, 3)


def test_shares_of_several_things_have_that_of_a_mean():
    shares = [0, 0.5, 1, 0.5]
    assert share_interval(shares, "甲甲乙乙") == mean_interval(shares, "甲甲乙乙")


def test_figures_without_spread_have_no_interval():
    assert mean_interval([0.3] * 5, "甲甲甲乙乙") is None
    assert mean_interval([0.3, 0.3, 0.9, 0.9], "甲甲乙乙") is None
    assert mean_interval([0.0] * 6, "甲甲甲乙乙乙") is None  # what is free costs 0, for sure
    assert mean_interval([2.5], "甲") is None
    assert mean_interval([], "") is None


def test_the_same_figures_give_the_same_interval():
    figures = [0.2, 0.5, 0.9, 0.4]
    assert mean_interval(figures, "甲甲乙乙") == mean_interval(figures, "甲甲乙乙")


def test_differences_between_prompts_do_not_widen_it_where_each_has_two_replies():
    near, far = [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 100.3, 100.4]
    (low, high), (far_low, far_high) = (ends(mean_interval(figures, "甲甲乙乙")) for figures in (near, far))
    assert far_high - far_low == pytest.approx(high - low)
    wide = mean_interval(far, "甲乙丙丁")
    assert wide.high - wide.low > 50


@pytest.mark.parametrize("skewed", [False, True])
def test_it_holds_the_true_mean_as_often_as_it_says(skewed):
    held = 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        noise = rng.exponential(size=20) - 1 if skewed else rng.normal(size=20)
        low, high = ends(mean_interval([*(noise[:10] + 5), *(noise[10:] - 5)], "甲" * 10 + "乙" * 10))
        held += low <= 0 <= high
    assert 0.91 <= held / len(SEEDS) <= 0.98
