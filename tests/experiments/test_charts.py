"""Charts: every figure with its unit, how many replies it is of, and nothing that a browser would fetch."""

import json

import pytest

from experiments.factor_words import levels_line
from experiments.reading.charts.cost import cost_chart
from experiments.reading.charts.effects import effects_chart
from experiments.reading.charts.means import heatmap_chart, line_chart
from experiments.reading.charts.truncation import truncation_chart
from experiments.reading.charts.win_rates import win_rates_chart
from experiments.reading.metrics import METRICS
from experiments.reading.observations import Observation
from experiments.reading.statistics.effects import effects
from experiments.reading.summaries import choices, heatmap, line, pareto_front
from experiments.reading.truncation import Length, cut_shares
from experiments.reading.votes import WinRate
from llm.types import Usage

HOSTILE = "<img src=https://evil.example/x onerror=alert(1)> 你是诗人"
SCORE, COST = METRICS["judge_score"], METRICS["cost"]


def rows(prompts=("写诗", "总结"), of=(0.0, 0.5, 1.0), models=("通义", HOSTILE)):
    return [
        Observation(
            {"temperature": t, "system_prompt": model},
            prompt,
            i,
            {"judge_score": 1 + 2 * t + i % 2, "cost": 0.001 * (1 + t + (model == HOSTILE))},
        )
        for prompt in prompts
        for t in of
        for model in models
        for i in range(4)
    ]


CHARTS = {
    "heatmap": lambda: heatmap_chart(
        heatmap(rows(), "judge_score", "system_prompt", "temperature"), SCORE, "system_prompt", "temperature"
    ),
    "line": lambda: line_chart(line(rows(), "judge_score", "temperature"), SCORE, "temperature"),
    "line of texts": lambda: line_chart(line(rows(), "cost", "system_prompt"), COST, "system_prompt"),
    "cost": lambda: cost_chart(
        choices(rows(), "judge_score"), pareto_front(choices(rows(), "judge_score"), SCORE), SCORE
    ),
    "truncation": lambda: truncation_chart(
        cut_shares([Length(Usage(5, n), n == 40) for n in range(10, 41)], range(10, 60, 10))
    ),
    "win rates": lambda: win_rates_chart([WinRate(HOSTILE, 3, 1, 1), WinRate("通义", 1, 3, 1)]),
    "effects": lambda: effects_chart(effects(rows(), ["temperature", "system_prompt"], [SCORE])),
}


def texts(value):
    """All that a specification says, by the names of its fields."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ((name, inner),) if isinstance(inner, str) else texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_units_and_how_many_replies_and_loads_nothing(name):
    specification = CHARTS[name]().to_dict()
    said = list(texts(specification))
    titles = {text for field, text in said if field == "title"}
    assert any(any(unit in title for unit in ("(", "share of")) for title in titles), titles
    if name != "effects":
        assert titles & {"replies", "pairs"}
    assert not {field for field, _ in said} & {"url", "href", "image"}
    assert "title" not in specification


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_without_a_browser_and_texts_in_it_are_text(name):
    import vl_convert

    svg = vl_convert.vegalite_to_svg(CHARTS[name]().properties(width=560).to_json(), allowed_base_urls=[])
    assert svg.startswith("<svg")
    assert "<img" not in svg
    assert "NaN" not in svg


def test_a_heatmap_has_a_field_for_each_pair_of_levels_in_their_order():
    specification = CHARTS["heatmap"]().to_dict()
    fields = specification["data"]["values"]
    assert [field["text"] for field in fields] == ["1.50", "2.50", "3.50"] * 2
    assert {field["n"] for field in fields} == {"8"}
    assert specification["layer"][0]["encoding"]["x"]["sort"] == ["0", "0.5", "1"]


def test_the_legend_of_a_heatmap_names_the_ends_of_its_colours_if_there_are_two():
    colour = CHARTS["heatmap"]().to_dict()["layer"][0]["encoding"]["color"]
    assert (colour["legend"]["values"], colour["legend"]["labelExpr"]) == ([1.5, 3.5], 'datum.index ? "3.50" : "1.50"')
    assert colour["scale"]["nice"] is False
    alike = heatmap(rows(of=(0.5,), models=("通义",)), "cost", "system_prompt", "temperature")
    colour = heatmap_chart(alike, COST, "system_prompt", "temperature").to_dict()["layer"][0]["encoding"]["color"]
    assert colour["legend"] is None


def test_the_bars_of_win_rates_have_the_whole_width_whatever_the_settings_are_called():
    long = WinRate("通义千问" * 40, 3, 1, 1)
    axis = win_rates_chart([long]).to_dict()["layer"][0]["encoding"]["y"]["axis"]
    assert (axis["labelAlign"], axis["labelPadding"], axis["labelLimit"]) == ("left", 0, {"expr": "width"})


def test_levels_that_begin_alike_keep_apart():
    long = "你是一位非常有帮助的助手。" * 8
    found = heatmap(rows(models=(long + "甲", long + "乙")), "judge_score", "system_prompt", "temperature")
    fields = heatmap_chart(found, SCORE, "system_prompt", "temperature").to_dict()["data"]["values"]
    assert len({field["down"] for field in fields}) == 2


def test_nothing_to_show_is_an_empty_chart():
    assert json.loads(heatmap_chart(heatmap([], "cost", "a", "b"), COST, "a", "b").to_json())["data"] == {"values": []}
    assert line_chart([], COST, "a").to_dict()["data"] == {"values": []}


def test_a_setting_in_words():
    chosen = choices(rows(models=("通义",), of=(0.5,)), "judge_score")
    assert [levels_line(choice.setting) for choice in chosen] == ["temperature 0.5, system prompt 通义"]
