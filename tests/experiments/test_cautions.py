"""What should be known of a plan before it runs."""

from dataclasses import replace

import pytest

from experiments.cautions import cautions
from experiments.cells import cells
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan
from llm.servers.connections import Connection
from llm.types import Parameters, Settings

OPENAI = Connection("OpenAI", "https://api.openai.com/v1", "sk-0123456789")
PLAN = Plan("天气", ("天气如何？",), Settings("OpenAI", "gpt-4o-mini"), repetitions=5)
SEED = "A fixed seed makes repetitions alike: the 5 of a cell may tell no more than one. Leave the seed unset"
COLD = "At temperature 0 replies hardly differ: the 5 of a cell may tell no more than one."


def said(plan):
    return cautions(plan, cells(plan), lambda _: OPENAI)


def test_a_plain_plan_needs_none():
    assert said(PLAN) == ()
    assert said(replace(PLAN, factors=(Factor("temperature", (0.5, 1.0)),))) == ()


@pytest.mark.parametrize(
    ("factors", "parameters", "sentence"),
    [
        ((), Parameters(seed=7), SEED),
        ((Factor("seed", (None, 7)),), Parameters(), SEED),
        ((), Parameters(temperature=0.0), COLD),
        ((Factor("temperature", (0, 1)),), Parameters(), COLD),
    ],
)
def test_repetitions_that_will_be_alike_are_named(factors, parameters, sentence):
    plan = replace(PLAN, factors=factors, settings=replace(PLAN.settings, parameters=parameters))
    [caution] = said(plan)
    assert caution.startswith(sentence)
    assert said(replace(plan, repetitions=1)) == ()


def test_what_a_model_does_not_take_is_named_once_and_as_a_factor_if_it_is_one():
    plan = replace(PLAN, prompts=("天气如何？", "几点？"), factors=(Factor("model", ("gpt-4o-mini", "gpt-5")),))
    plan = replace(plan, settings=replace(PLAN.settings, parameters=Parameters(top_p=0.5)))
    assert said(plan) == ("gpt-5 does not accept top_p while it reasons.",)
    temperatures = (*plan.factors, Factor("temperature", (0.5, 1.0)))
    assert (
        "gpt-5 does not accept temperature while it reasons. So some values of temperature will be sent alike there."
        in said(replace(plan, factors=temperatures))
    )


def test_a_seed_that_is_held_back_fixes_nothing():
    claude = Connection("OpenAI", "https://api.anthropic.com/v1", "sk-0123456789")
    plan = replace(PLAN, settings=Settings("OpenAI", "claude-sonnet-4-5", Parameters(seed=7)))
    assert cautions(plan, cells(plan), lambda _: claude) == ("Anthropic's server ignores seed.",)


def test_requests_that_are_made_once_for_several_combinations_are_counted():
    plan = replace(PLAN, prompts=("天气如何？", "几点？", "天气如何？"), factors=(Factor("top_p", (0.5, 1.0)),))
    assert said(plan) == ("2 of the combinations send what another one sends: each request is made once.",)
    assert said(replace(plan, design=Design.SAMPLE)) == ()


def test_a_connection_that_is_not_there_is_named():
    plan = replace(PLAN, factors=(Factor("model", ("qwen @ 家里",)),))
    with pytest.raises(FieldProblem, match="The connection 家里 is not there: choose another one") as problem:
        said(plan)
    assert problem.value.field == "model"
