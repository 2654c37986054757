"""The cells of a plan: which requests it makes, in which order, under which ids."""

import json
import tracemalloc
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.cells import MOST_CELLS, cells, count_cells, runs
from experiments.checks.text_checks import Contains
from experiments.factors import Factor, read_factor
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan
from experiments.plan_json import to_json
from experiments.stored_plan import stored_plan
from llm.types import Parameters, Settings

HERE = Settings("OpenAI", "gpt-4o-mini", Parameters(temperature=0.5, max_tokens=100))
TEMPERATURE, TOP_P = Factor("temperature", (0.0, 0.5, 1.0)), Factor("top_p", (0.5, 1.0))
TABLE = ({"国": "法国"}, {"国": "日本"})
PLAN = Plan("首都", ("{{国}}的首都？", "你好"), HERE, (TEMPERATURE, TOP_P), TABLE)
HUGE = replace(PLAN, factors=tuple(read_factor(name, "0:1:0.05") for name in ("temperature", "top_p")))
ASTRONOMICAL = tuple(read_factor(name, "0.005:1:0.005") for name in ("top_p", "frequency_penalty", "presence_penalty"))


def placed(plan):
    return [(cell.prompt_index, cell.row.get("国"), *cell.levels.values()) for cell in cells(plan)]


def test_a_full_grid_has_every_combination_in_the_order_that_was_given():
    sources = [(0, "法国"), (0, "日本"), (1, None)]
    assert placed(PLAN) == [(*s, t, p) for s, t, p in product(sources, TEMPERATURE.levels, TOP_P.levels)]
    assert count_cells(PLAN) == 18


def test_a_cell_says_what_is_sent():
    cell = cells(PLAN)[9]
    assert (cell.prompt, cell.row) == ("日本的首都？", {"国": "日本"})
    assert cell.levels == {"temperature": 0.5, "top_p": 1.0}
    assert cell.settings == replace(HERE, parameters=Parameters(temperature=0.5, top_p=1.0, max_tokens=100))


def test_without_factors_each_prompt_is_a_cell():
    assert [cell.settings for cell in cells(replace(PLAN, factors=()))] == [HERE] * 3


def test_one_factor_at_a_time_turns_each_from_where_the_settings_stand():
    plan = replace(PLAN, prompts=("你好",), design=Design.ONE_AT_A_TIME)
    assert [tuple(cell.levels.values()) for cell in cells(plan)] == [
        (0.5, None),
        (0.0, None),
        (1.0, None),
        (0.5, 0.5),
        (0.5, 1.0),
    ]
    assert count_cells(plan) == 5


def test_a_sample_is_drawn_by_its_seed_and_grows_by_adding():
    def drawn(size, seed=1):
        plan = replace(HUGE, design=Design.SAMPLE, sample_size=size, sample_seed=seed)
        return [cell.id for cell in cells(plan)]

    assert drawn(50) == drawn(50)
    assert set(drawn(20)) < set(drawn(50)) < {cell.id for cell in cells(HUGE)}
    assert set(drawn(50)) != set(drawn(50, seed=2))
    assert drawn(10**6) == [cell.id for cell in cells(HUGE)]


def test_samples_stay_what_they_are_from_release_to_release():
    plan = replace(PLAN, design=Design.SAMPLE, sample_size=3, sample_seed=2026)
    assert placed(plan) == [(0, "法国", 0.5, 0.5), (0, "日本", 0.5, 1.0), (1, None, 0.5, 1.0)]


def test_a_sample_can_be_drawn_from_a_grid_that_nobody_could_build():
    wide = (*ASTRONOMICAL, read_factor("temperature", "0:1:0.01"), read_factor("seed", "1:200:1"))
    plan = replace(PLAN, factors=wide, design=Design.SAMPLE, sample_size=100)
    assert len(cells(plan)) == count_cells(plan) == 100


def test_ten_million_cells_are_refused_before_they_are_built():
    plan = replace(PLAN, factors=ASTRONOMICAL)
    tracemalloc.start()
    with pytest.raises(FieldProblem) as problem:
        cells(plan)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert problem.value.field == "factors"
    sentence = "That makes 24,000,000 cells, more than 10,000: take fewer values, or a smaller sample."
    assert str(problem.value) == sentence


def test_too_large_a_sample_and_too_many_runs_are_refused_where_they_are_chosen():
    with pytest.raises(FieldProblem) as problem:
        cells(replace(PLAN, factors=ASTRONOMICAL, design=Design.SAMPLE, sample_size=MOST_CELLS + 1))
    assert problem.value.field == "sample_size"
    with pytest.raises(FieldProblem, match="That makes 1,323,000 runs, more than 100,000") as problem:
        cells(replace(HUGE, repetitions=1_000))
    assert problem.value.field == "repetitions"


def test_an_id_stands_for_what_is_sent_and_nothing_else():
    ids = [cell.id for cell in cells(PLAN)]
    assert len(set(ids)) == 18
    checked = replace(PLAN, title="别的", checks=(Contains("巴黎"),), repetitions=9, concurrency=1)
    assert [cell.id for cell in cells(checked)] == ids
    turned = replace(PLAN, factors=(TOP_P, TEMPERATURE), prompts=PLAN.prompts[::-1], table=TABLE[::-1])
    assert {cell.id for cell in cells(turned)} == set(ids)
    fixed = replace(PLAN, prompts=("日本的首都？",), factors=(), settings=cells(PLAN)[9].settings)
    assert [cell.id for cell in cells(fixed)] == [ids[9]]
    for settings in (replace(HERE, connection="家里"), replace(HERE, model="gpt-4o"), with_effort("low")):
        assert not {cell.id for cell in cells(replace(PLAN, settings=settings))} & set(ids)


def with_effort(effort):
    return replace(HERE, parameters=replace(HERE.parameters, reasoning_effort=effort))


def test_whole_numbers_and_decimals_are_the_same_level():
    whole = replace(PLAN, factors=(Factor("temperature", (0, 1)),))
    decimal = replace(PLAN, factors=(Factor("temperature", (0.0, 1.0)),))
    assert [cell.id for cell in cells(whole)] == [cell.id for cell in cells(decimal)]


def test_combinations_that_send_the_same_are_one_cell():
    twice = replace(PLAN, prompts=("你好", "你好"), factors=(Factor("model", ("gpt-4o-mini", "gpt-4o-mini @ OpenAI")),))
    [cell] = cells(twice)
    assert (cell.prompt_index, cell.levels) == (0, {"model": "gpt-4o-mini"})


def test_a_table_fills_system_prompts_too():
    factor = Factor("system_prompt", (None, "你在{{国}}。"))
    plan = replace(PLAN, prompts=("你好",), factors=(factor,))
    sent = [cell.settings.parameters.system_prompt for cell in cells(plan)]
    assert sent == [None, "你在法国。", "你在日本。"]


def test_a_row_that_leaves_nothing_to_say_is_refused():
    plan = replace(PLAN, prompts=("{{国}}",), table=({"国": "法国"}, {"国": " "}))
    with pytest.raises(FieldProblem, match="A row of the table leaves prompt 1 empty") as problem:
        cells(plan)
    assert problem.value.field == "table"


def test_a_stored_plan_is_read_though_it_would_not_be_taken_today():
    large = replace(HUGE, repetitions=1_000)
    with pytest.raises(FieldProblem):
        cells(large)
    plan, built = stored_plan(to_json(large))
    assert plan == large
    assert list(built) == [cell.id for cell in cells(HUGE)]


@pytest.mark.parametrize("damage", [{"prompts": [1]}, {"factors": [{"name": "moon", "levels": ["full"]}]}])
def test_a_stored_plan_that_makes_no_cells_is_said_to_be_damaged(damage):
    with pytest.raises(FieldProblem, match="This plan cannot be read"):
        stored_plan(json.dumps(json.loads(to_json(PLAN)) | damage))


@given(repetitions=st.integers(1, 5), broken_off=st.integers(0, 90))
def test_runs_repeat_all_cells_evenly(repetitions, broken_off):
    made = list(runs(cells(PLAN), repetitions))
    assert len(set((run.cell.id, run.repetition) for run in made)) == 18 * repetitions
    done = Counter(run.cell.id for run in made[:broken_off])
    assert max(done.values(), default=0) - min((done[run.cell.id] for run in made), default=0) <= 1
