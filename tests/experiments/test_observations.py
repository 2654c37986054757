"""The table of an experiment: rows, filters, means, charts, and what is worth its money."""

import pytest

from experiments.reading.metrics import METRICS
from experiments.reading.observations import Observation, comparable, levels_of, where
from experiments.reading.summaries import Choice, Mean, cheapest_good_enough, choices, heatmap, line, mean, pareto_front


def row(value, prompt="写诗", repetition=0, metric="judge_score", **levels):
    return Observation(levels, prompt, repetition, {metric: value})


def choice(name, cost, quality):
    return Choice((("model", name),), Mean(cost, 5), Mean(quality, 5))


def names(front):
    return [chosen.setting[0][1] for chosen in front]


GRID = [row(m + t, temperature=t, model=name) for t in (1.0, 0) for m, name in ((1, "通义"), (3, "b"))]


def test_filters():
    rows = [*GRID, row(9, prompt="总结", temperature=0, model="b")]
    assert len(where(rows, {"temperature": [0]})) == 3
    assert len(where(rows, {"temperature": [0], "model": ["通义"]})) == 1
    assert where(rows, prompts=["总结"]) == [rows[-1]]
    assert where(rows) == rows


def test_levels_stand_in_their_order():
    rows = [row(1, a=level) for level in (1.0, "写", None, 0, "b", 0.5, 1)]
    assert levels_of(rows, "a") == (None, 0, 0.5, 1.0, "写", "b")


def test_a_mean_is_of_the_rows_that_have_the_metric():
    assert mean([row(1), row(None), row(4), row(7, metric="cost")], "judge_score") == Mean(2.5, 2)
    assert mean([row(None)], "judge_score") is None


def test_a_heatmap_leaves_open_what_is_not_known():
    found = heatmap(GRID[:3], "judge_score", down="model", across="temperature")
    assert (found.down, found.across) == (("通义", "b"), (0, 1.0))
    assert found.cells == ((Mean(1, 1), Mean(2, 1)), (None, Mean(4, 1)))


def test_a_line_has_a_mean_and_an_interval_at_each_level():
    rows = [row(t + i / 10, repetition=i, metric="first_token", temperature=t) for t in (0, 1) for i in range(5)]
    low, high = line(rows, "first_token", "temperature")
    assert (low.level, low.mean, high.level, high.mean) == (
        0,
        Mean(pytest.approx(0.2), 5),
        1,
        Mean(pytest.approx(1.2), 5),
    )
    assert 0 <= low.interval.low < 0.2 < low.interval.high < 0.5
    assert high.interval.low == pytest.approx(1 + low.interval.low)


def test_a_line_compares_what_differs_by_its_factor_alone():
    series = [row(t, temperature=t, top_p=1) for t in (0, 1)]
    others = [row(50, temperature=0, top_p=p) for p in (0.1, 0.5)]
    assert [point.mean.value for point in line(series + others, "judge_score", "temperature")] == [0, 1]
    assert comparable(others, "temperature") == []


def test_a_line_of_shares_has_wilsons_interval_even_where_all_are_the_same():
    [point] = line([row(1.0, metric="truncated", temperature=0) for _ in range(5)], "truncated", "temperature")
    assert (point.interval.low, point.interval.high) == (pytest.approx(0.5655, abs=1e-4), 1)


def test_the_choices_are_means_over_all_prompts():
    rows = [
        Observation({"model": name}, prompt, 0, {"cost": cost, "judge_score": quality})
        for name, cost, quality in (("通义", 1.0, 4.0), ("b", None, 5.0))
        for prompt in ("甲", "乙")
    ]
    assert choices(rows, "judge_score") == [Choice((("model", "通义"),), Mean(1, 2), Mean(4, 2))]


def test_the_front_is_what_no_other_beats():
    offered = [choice("a", 3, 5), choice("b", 1, 2), choice("c", 2, 2), choice("d", 2, 4), choice("e", 3, 4.5)]
    assert names(pareto_front(offered, METRICS["judge_score"])) == ["b", "d", "a"]
    assert pareto_front([], METRICS["judge_score"]) == []


def test_equals_stay_together_on_the_front():
    assert names(pareto_front([choice("a", 1, 2), choice("b", 1, 2)], METRICS["judge_score"])) == ["a", "b"]


def test_the_front_knows_which_end_is_better():
    offered = [choice("slow", 1, 9.0), choice("quick", 2, 0.5), choice("neither", 3, 0.7)]
    assert names(pareto_front(offered, METRICS["first_token"])) == ["slow", "quick"]
    assert cheapest_good_enough(offered, METRICS["first_token"], 1.0) == offered[1]


def test_the_cheapest_that_is_good_enough():
    offered = [choice("a", 3, 5), choice("b", 1, 2), choice("c", 2, 4), choice("d", 2, 4.5)]
    assert cheapest_good_enough(offered, METRICS["judge_score"], 4) == offered[3]
    assert cheapest_good_enough(offered, METRICS["judge_score"], 5.5) is None


def test_an_interval_holds_nothing_that_the_figure_cannot_be():
    rows = [row(value, repetition=i, metric="output_tokens", temperature=0) for i, value in enumerate((1, 90))]
    [point] = line(rows, "output_tokens", "temperature")
    assert point.interval.low == 0
    assert point.interval.high > 90
