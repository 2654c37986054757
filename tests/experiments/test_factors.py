"""What a user types becomes the levels of a factor, or one sentence at its field."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.factors import FACTORS, MOST_LEVELS, Factor, level_of, levels_in, read_factor, with_level
from experiments.field_problem import FieldProblem
from llm.models.limits import problems
from llm.types import Parameters, Settings

HERE = Settings("OpenAI", "gpt-4o-mini", Parameters(temperature=0.5))


@pytest.mark.parametrize(
    ("name", "typed", "levels"),
    [
        ("temperature", "0, 0.5, 1", (0.0, 0.5, 1.0)),
        ("temperature", "0:1:0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("temperature", "0:0.3:0.1", (0.0, 0.1, 0.2, 0.3)),  # as written, not as binary fractions add up
        ("temperature", "0:1:0.4", (0.0, 0.4, 0.8)),  # the stop is not hit
        ("temperature", "1:0:-0.5", (1.0, 0.5, 0.0)),
        ("temperature", "1:1:0.5", (1.0,)),
        ("temperature", "1e-1, 2E0", (0.1, 2.0)),
        ("temperature", "default, 0, 1:2:.5", (None, 0.0, 1.0, 1.5, 2.0)),
        ("temperature", "1, 1.0, 0, -0", (1.0, 0.0)),
        ("top_p", "0.1，0.5、0.9；1", (0.1, 0.5, 0.9, 1.0)),  # typed with a Chinese keyboard
        ("max_tokens", "64：256：64", (64, 128, 192, 256)),
        ("max_tokens", "16\n32\n", (16, 32)),
        ("frequency_penalty", "-2:2:2", (-2.0, 0.0, 2.0)),
        ("seed", "7, 123456789012345678", (7, 123456789012345678)),
        ("reasoning_effort", "low, high, default", ("low", "high", None)),
        ("system_prompt", "用中文回答。\n\n Be brief, please. \ndefault", ("用中文回答。", "Be brief, please.", None)),
        ("model", "gpt-4o-mini\nllama3:8b @ localhost:11434", ("gpt-4o-mini", "llama3:8b @ localhost:11434")),
    ],
)
def test_what_is_typed_becomes_levels(name, typed, levels):
    factor = read_factor(name, typed)
    assert factor == Factor(name, levels)
    assert [type(level) for level in factor.levels] == [type(level) for level in levels]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("temperature", " ", "Type at least one value, such as 0, 0.5 or 0:1:0.25."),
        ("model", "", "Type at least one value, such as a model on each line."),
        ("temperature", "0:1:0", "A step of 0 never leads from 0 to 1: choose another step."),
        ("temperature", "0:1:-0.1", "A step of -0.1 leads away from 1: use 0.1."),
        ("temperature", "0:1", "“0:1” is no range: write start:stop:step, such as 0:1:0.25."),
        ("temperature", "0, 3", "Choose a temperature from 0 to 2."),
        ("temperature", "0:1:0.000001", "That range has 1,000,001 values: take at most 200, with a larger step."),
        ("max_tokens", "热", "“热” is not a number that can be used here: type 64, 256 or 64:512:64."),
        ("max_tokens", "64.5", "Choose a max_tokens of 1 or more, as a whole number."),
        ("max_tokens", "1e999999999", "“1e999999999” is not a number that can be used here"),
        ("top_p", "nan", "“nan” is not a number that can be used here"),
        ("top_p", "1:999999999999999999:0.000001", "values: take at most 200"),
        ("reasoning_effort", "hard", "Choose one of these reasoning efforts: none,"),
        ("seed", ",".join(map(str, range(201))), "That is 201 values: take at most 200."),
        ("colour", "red", "“colour” cannot be varied: choose one of model, temperature,"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_at_its_field(name, typed, sentence):
    with pytest.raises(FieldProblem) as problem:
        read_factor(name, typed)
    assert problem.value.field == name
    assert sentence in str(problem.value)


@given(name=st.sampled_from(FACTORS), typed=st.text() | st.text("0123456789.:,-+ e"))
def test_whatever_is_typed_is_levels_that_fit_or_a_sentence(name, typed):
    with suppress(FieldProblem):
        factor = read_factor(name, typed)
        assert 0 < len(factor.levels) <= MOST_LEVELS
        assert all(not problems(with_level(HERE, name, level).parameters) for level in factor.levels)


@given(
    start=st.decimals(-2, 2, places=3),
    step=st.decimals("0.01", 1, places=3),
    count=st.integers(1, 40),
    up=st.booleans(),
)
def test_a_range_has_every_step_from_its_start_to_its_stop(start, step, count, up):
    step = step if up else -step
    values = [start + i * step for i in range(count)]
    inside = all(-2 <= value <= 2 for value in values)
    for stop in (values[-1], values[-1] + step * Decimal("0.9")):  # hit, and missed
        if inside:
            assert read_factor("presence_penalty", f"{start}:{stop}:{step}").levels == tuple(map(float, values))


def test_a_model_of_the_same_connection_goes_by_its_name_alone():
    factor = Factor("model", ("gpt-4o-mini @ OpenAI", "gpt-4o-mini", "qwen @ 家里"))
    assert levels_in(factor, HERE) == ("gpt-4o-mini", "qwen @ 家里")
    there = with_level(HERE, "model", "qwen @ 家里")
    assert (there.connection, there.model, there.parameters) == ("家里", "qwen", HERE.parameters)
    assert with_level(HERE, "model", "gpt-4o").connection == "OpenAI"


def test_a_level_takes_the_place_of_what_is_set():
    assert level_of(with_level(HERE, "temperature", 1), "temperature") == 1.0
    assert with_level(HERE, "temperature", None).parameters.chosen() == {}
    assert level_of(HERE, "model") == "gpt-4o-mini"
