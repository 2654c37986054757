"""Does this knob matter here? Known effects are found, none are invented, and too little is said to be too little."""

import numpy as np
import pytest

from experiments.reading.metrics import METRICS
from experiments.reading.observations import Observation
from experiments.reading.statistics.effects import Finding, effects, holm
from experiments.reading.words.verdicts import p_text, verdict

SCORE, CUT, COST = METRICS["judge_score"], METRICS["truncated"], METRICS["cost"]
PROMPTS = ("写一首诗", "总结")


def table(seed, temperatures=(0, 1), models=("通义",), prompts=PROMPTS, repetitions=3, rise=0.0, gap=0.0):
    """A full grid of noise, with a rise of the score per degree, a gap between models, and prompts far apart."""
    rng = np.random.default_rng(seed)
    return [
        Observation(
            {"temperature": t, "model": model},
            prompt,
            repetition,
            {
                "judge_score": 10 * i + rise * t + gap * (model != models[0]) + rng.normal(),
                "cost": rng.lognormal(sigma=2),
                "truncated": float(rng.random() < 0.3),
            },
        )
        for t in temperatures
        for model in models
        for i, prompt in enumerate(prompts)
        for repetition in range(repetitions)
    ]


def rows_of(values):
    """One prompt, and the scores at each level."""
    return [
        Observation({"temperature": t}, "写诗", i, {"judge_score": value})
        for t, scores in values.items()
        for i, value in enumerate(scores)
    ]


def only(rows, factor="temperature", metric=SCORE):
    [effect] = effects(rows, [factor], [metric])
    return effect


# What is there is found


def test_a_known_effect_is_found_with_its_size_and_both_ends():
    held = found = 0
    for seed in range(100):
        effect = only(table(seed, (0, 0.5, 1), repetitions=5, rise=2.0))
        if effect.finding is Finding.CHANGES:
            found += 1
            assert (effect.first.level, effect.last.level) in {(0, 1), (0, 0.5), (0.5, 1)}
        held += effect.interval.low <= 2 * (effect.last.level - effect.first.level) <= effect.interval.high
    assert found >= 90
    assert held >= 92


def test_a_rise_and_fall_is_found():
    effect = only(rows_of({0: [1, 1.1, 1.2, 0.9], 0.5: [3, 3.1, 2.9, 3.2], 1: [1, 0.9, 1.1, 1.2]}))
    assert effect.finding is Finding.CHANGES
    assert {effect.first.level, effect.last.level} == {0, 0.5}


def test_levels_are_names_too_and_the_sign_follows_their_order():
    effect = only(table(1, models=("通义", "b"), gap=-3.0), "model")
    assert effect.finding is Finding.CHANGES
    assert (effect.first.level, effect.last.level) == ("通义", "b")
    assert effect.interval.low < -3 < effect.interval.high < 0


def test_other_factors_and_prompts_are_no_noise():
    rows = table(1, (0, 1), models=("通义", "b"), repetitions=3, rise=2.0, gap=1000.0)
    assert only(rows).finding is Finding.CHANGES


# What is not there is not


@pytest.mark.parametrize(
    "shape",
    [
        {"repetitions": 3},
        {"prompts": ("写诗",), "repetitions": 5},
        {"temperatures": (0, 0.5, 1), "repetitions": 2},
        {"prompts": tuple("一二三四五六七八"), "repetitions": 1},
    ],
    ids=str,
)
def test_false_alarms_keep_to_the_stated_rate(shape):
    effects_found = [only(table(seed, **shape)) for seed in range(400)]
    alarms = sum(effect.finding is Finding.CHANGES for effect in effects_found)
    held = sum(effect.interval.low <= 0 <= effect.interval.high for effect in effects_found)
    assert 2 <= alarms <= 33  # of 400: 20 at 5 %, give or take 3 standard errors; exact tests of few replies say less
    assert held >= 366  # of 400: 380 at 95%, give or take 3 standard errors


def test_a_change_of_spread_alone_is_no_change_of_the_mean():
    alarms = 0
    for seed in range(400):
        noise = np.random.default_rng(seed).normal(size=10)
        rows = [
            Observation({"temperature": t}, prompt, i, {"judge_score": t * float(noise[5 * at + i])})
            for t in (0, 1)
            for at, prompt in enumerate(PROMPTS)
            for i in range(5)
        ]
        alarms += only(rows).finding is Finding.CHANGES
    assert alarms <= 33  # of 400, as above


def test_draws_keep_to_the_stated_rate_as_well():
    from experiments.reading.statistics.design import design_of
    from experiments.reading.statistics.shuffling import permutation_test

    level, block = [i // 5 % 4 for i in range(40)], [i // 20 for i in range(40)]
    design = design_of(level, block)
    ps = [permutation_test(design, np.random.default_rng(seed).normal(size=40), 1).p for seed in range(200)]
    assert 2 <= sum(p <= 0.05 for p in ps) <= 20
    assert 0.4 <= np.mean(ps) <= 0.6


def test_many_tests_raise_no_more_alarms_than_one():
    metrics = [SCORE, COST, CUT]
    alarms = 0
    for seed in range(300):
        found = effects(table(seed, models=("通义", "b"), repetitions=2), ["temperature", "model"], metrics)
        alarms += any(effect.finding is Finding.CHANGES for effect in found)
    assert alarms <= 26  # of 300 experiments: 15 at 5 %, give or take 3 standard errors


def test_a_level_that_met_the_harder_prompts_is_not_blamed():
    rng = np.random.default_rng(5)
    rows = [
        Observation({"temperature": t}, prompt, i, {"judge_score": (prompt == "总结") * 50 + rng.normal()})
        for t, prompt, n in ((0, "写诗", 6), (0, "总结", 2), (1, "写诗", 2), (1, "总结", 6))
        for i in range(n)
    ]
    effect = only(rows)
    assert effect.finding is Finding.NOT_TOLD
    assert abs(effect.last.value - effect.first.value) < 3


def test_one_similarity_of_each_cell_is_one_figure():
    rows = [
        Observation({"temperature": t}, "写诗", i, {"similarity": t if i == 0 else None})
        for t in (0, 1)
        for i in range(9)
    ]
    effect = only(rows, metric=METRICS["similarity"])
    assert (effect.finding, effect.means[0].n, effect.interval) == (Finding.TOO_FEW, 1, None)


# The test itself


def test_the_p_value_is_scipys_where_there_is_one_prompt():
    from scipy.stats import permutation_test

    a, b = [1.2, 0.4, 3.3, 2.2, 0.1], [2.9, 4.1, 3.0, 5.2, 2.4]

    def difference(x, y, axis):
        return np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))

    expected = permutation_test((a, b), difference, vectorized=True, alternative="greater", n_resamples=np.inf)
    assert only(rows_of({0: a, 1: b})).p == pytest.approx(expected.pvalue)


def test_drawn_and_exact_p_values_agree(monkeypatch):
    from experiments.reading.statistics import shuffling

    rows = table(3, rise=1.0)
    exact = only(rows).p
    monkeypatch.setattr(shuffling, "MOST_EXACT", 1)
    assert only(rows).p == pytest.approx(exact, abs=0.015)


def test_means_of_a_large_balanced_table_are_the_plain_ones():
    rows = table(1, (0, 0.3, 0.6, 0.9, 1.2), prompts=tuple("一二三四五六七八九十"), repetitions=40)
    for mean in only(rows).means:
        plain = np.mean([row.metrics["judge_score"] for row in rows if row.levels["temperature"] == mean.level])
        assert (mean.value, mean.n) == (pytest.approx(plain), 400)


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1, 1])
    assert holm([]) == []


def test_the_same_rows_give_the_same_answer():
    rows = table(1, repetitions=9)
    assert effects(rows, ["temperature"], [SCORE]) == effects(rows, ["temperature"], [SCORE])


# What cannot be told


def test_two_replies_a_level_can_never_reach_significance():
    effect = only(rows_of({0: [1, 2], 1: [8, 9]}))
    assert (effect.finding, effect.p, effect.least_p) == (Finding.TOO_FEW, pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_enough_for_one_test_may_be_too_few_for_many():
    rows = [
        Observation(
            {"temperature": t}, "写诗", i, {"judge_score": t + i / 9, "cost": t + (i * 7 % 5) / 2, "truncated": i % 2}
        )
        for t in (0, 1)
        for i in range(4)
    ]
    assert only(rows).finding is not Finding.TOO_FEW
    assert {effect.finding for effect in effects(rows, ["temperature"], [SCORE, COST, CUT])} >= {Finding.TOO_FEW}


def test_replies_that_are_all_alike_are_no_test_and_weaken_none():
    rows = [
        Observation(row.levels, row.prompt, row.repetition, {**row.metrics, "truncated": float(row.prompt == "总结")})
        for row in table(1, rise=5.0)
    ]
    score, cut = effects(rows, ["temperature"], [SCORE, CUT])
    assert (score.tests, cut.finding, cut.p) == (1, Finding.ALIKE, None)


def test_a_factor_that_never_varied_alone_is_not_tested():
    rows = [
        Observation({"temperature": t, "model": model}, "写诗", i, {"judge_score": float(i)})
        for t, model in ((0, "通义"), (1, "b"))
        for i in range(5)
    ]
    assert {effect.finding for effect in effects(rows, ["temperature", "model"], [SCORE])} == {Finding.NOT_VARIED}


def test_levels_that_no_prompt_joins_are_not_compared():
    rows = [
        Observation({"temperature": t}, prompt, i, {"judge_score": t + i})
        for t, prompt in ((0, "甲"), (1, "甲"), (2, "乙"), (3, "乙"))
        for i in range(4)
    ]
    assert only(rows).finding is Finding.NOT_VARIED


def test_a_metric_that_no_reply_has_is_left_out():
    assert effects(table(1), ["temperature"], [METRICS["first_token"]]) == []


# In words


def test_an_effect_in_words():
    rows = rows_of({0: [2.0, 2.1, 1.9, 2.0, 2.2], 1.2: [4.0, 4.2, 3.9, 4.1, 4.0]})
    assert verdict(only(rows)) == (
        "Temperature changes judge score: 2.04 at 0 to 4.04 at 1.2 "
        "(95% interval of the difference 1.84 to 2.16, p = 0.008)."
    )


def test_an_effect_among_several_tests_says_how_many():
    found = effects(table(1, repetitions=5, rise=4.0), ["temperature"], [SCORE, COST])
    assert "after correction for 2 tests" in verdict(found[0])
    assert verdict(found[1]).startswith("No effect of temperature on cost that could be told from chance at n = 10")


def test_too_few_in_words():
    assert verdict(only(rows_of({0: [1, 2], 1: [8, 9]}))) == (
        "Too few to tell whether temperature changes judge score: at n = 2 per level even the clearest split of these "
        "figures would have p = 0.33."
    )


def test_nothing_to_tell_in_words():
    assert verdict(only(rows_of({0: [3, 3], 1: [3, 3, 3]}))) == (
        "Nothing to tell: with all else the same, judge score never differs, whatever the temperature, at n = 2 to 3 "
        "per level."
    )


def test_not_tested_in_words():
    rows = [Observation({"top_p": p, "model": p}, "写诗", 0, {"judge_score": p}) for p in (0.1, 0.9)]
    assert verdict(only(rows, "top_p")) == "Not tested: no two settings with judge score differ by top_p alone."


@pytest.mark.parametrize(
    ("p", "text"), [(0.00049, "p < 0.001"), (0.0021, "p = 0.002"), (0.333, "p = 0.33"), (1, "p = 1")]
)
def test_p_values_in_words(p, text):
    assert p_text(p) == text


def test_an_interval_has_no_difference_that_cannot_be():
    values = {0: (1, 0), 1: (1, 1), 2: (1, 1)}
    rows = [
        Observation({"temperature": t}, prompt, 0, {"truncated": float(value)})
        for t, shares in values.items()
        for prompt, value in zip(PROMPTS, shares, strict=True)
    ]
    interval = only(rows, metric=CUT).interval
    assert (interval.low, interval.high) == (-1, 1)
