"""What is typed becomes a plan, or one sentence at the field that is wrong; a plan can be typed again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from experiments.checks.json_checks import FitsSchema
from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains, Matches
from experiments.draft import Draft, draft_of, read_draft
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.plan import Design
from experiments.plan_json import from_json, to_json
from llm.types import Parameters, Settings

SMALL = Draft(prompts=("你好",), connection="家里", models=("qwen @ 家里",))
WHOLE = replace(
    SMALL,
    title="首都",
    prompts=("{{国家}}的首都？", "Capital of {{国家}}?"),
    table="国家,答案\n法国,巴黎\n日本,东京\n",
    models=("qwen @ 家里", "gpt-4o @ OpenAI"),
    typed={"temperature": "0:1:0.25", "max_tokens": "64", "seed": "default, 7", "reasoning_effort": "low，high"},
    system_prompts=("", "用中文回答。\n要短。"),
    fixed=Parameters(stop_sequences=("。",), response_format="text"),
    design=Design.SAMPLE,
    sample_size=9,
    sample_seed=3,
    repetitions=5,
    checks=(Contains("{{答案}}", ignore_case=True),),
    judge=Judge(Settings("OpenAI", "gpt-4o"), "Is it {{答案}}?"),
    concurrency=20,
    requests_per_minute=90,
    cap=Decimal("0.5"),
)


def test_what_is_left_empty_is_the_default_and_not_sent():
    plan = read_draft(SMALL)
    assert plan.settings == Settings("家里", "qwen", Parameters())
    assert plan.factors == ()
    assert read_draft(replace(SMALL, typed={"temperature": " "}, system_prompts=("",))) == plan


def test_one_value_holds_for_all_runs():
    plan = read_draft(replace(SMALL, typed={"temperature": "0.5", "max_tokens": "64"}, system_prompts=("短。",)))
    assert plan.settings.parameters == Parameters(temperature=0.5, max_tokens=64, system_prompt="短。")
    assert plan.factors == ()


def test_several_values_are_a_factor_that_stands_at_the_first_of_them():
    plan = read_draft(WHOLE)
    assert plan.factors == (
        Factor("model", ("qwen @ 家里", "gpt-4o @ OpenAI")),
        Factor("temperature", (0.0, 0.25, 0.5, 0.75, 1.0)),
        Factor("seed", (None, 7)),
        Factor("reasoning_effort", ("low", "high")),
        Factor("system_prompt", (None, "用中文回答。\n要短。")),
    )
    stands = Parameters(temperature=0.0, max_tokens=64, stop_sequences=("。",), reasoning_effort="low")
    assert plan.settings == Settings("家里", "qwen", replace(stands, response_format="text"))


def test_the_rest_is_taken_as_it_is():
    plan = read_draft(WHOLE)
    assert (plan.title, plan.prompts, plan.checks, plan.judge) == ("首都", WHOLE.prompts, WHOLE.checks, WHOLE.judge)
    assert plan.table == ({"国家": "法国", "答案": "巴黎"}, {"国家": "日本", "答案": "东京"})
    assert (plan.design, plan.sample_size, plan.sample_seed, plan.repetitions) == (Design.SAMPLE, 9, 3, 5)
    assert (plan.concurrency, plan.requests_per_minute, plan.cap) == (20, 90, Decimal("0.5"))


def test_an_experiment_without_a_name_has_its_first_prompts():
    assert read_draft(SMALL).title == "你好"
    varied = replace(SMALL, typed={"temperature": "0, 1", "top_p": "0.5, 1"})
    assert read_draft(varied).title == "你好 · temperature, top_p"


def test_a_model_named_alone_is_served_by_the_connection_of_the_draft():
    plan = read_draft(replace(SMALL, models=("gpt-4o @ OpenAI", " llama ", "llama @ 家里")))
    assert plan.settings == Settings("OpenAI", "gpt-4o")
    assert plan.factors == (Factor("model", ("gpt-4o @ OpenAI", "llama @ 家里")),)


@pytest.mark.parametrize(
    "draft",
    [
        SMALL,
        WHOLE,
        replace(WHOLE, design=Design.ONE_AT_A_TIME, typed={"top_p": "0.000001, 1, default"}),
        replace(WHOLE, table='国家;答案\n"法,国";"巴\n""黎"""\n'),
        replace(SMALL, prompts=("{{国家}}",), table="国家\n法国, 日本\n"),
    ],
)
def test_a_plan_can_be_typed_again(draft):
    plan = read_draft(draft)
    assert read_draft(draft_of(from_json(to_json(plan)))) == plan


def test_one_at_a_time_a_plan_is_typed_with_the_value_first_where_it_stands():
    plan = replace(read_draft(WHOLE), design=Design.ONE_AT_A_TIME)
    parameters = replace(plan.settings.parameters, temperature=0.5, seed=3)
    draft = draft_of(replace(plan, settings=replace(plan.settings, parameters=parameters)))
    assert draft.typed["temperature"] == "0.5, 0, 0.25, 0.75, 1"
    assert draft.typed["seed"] == "3, default, 7"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"prompts": ()}, "prompts", "at least one prompt"),
        ({"prompts": ("你好", " ")}, "prompts", "Prompt 2 is empty"),
        ({"models": ()}, "model", "Choose a model"),
        ({"typed": {"temperature": ","}}, "temperature", "at least one value"),
        ({"typed": {"top_p": "0:1:0"}}, "top_p", "A step of 0"),
        ({"table": "城市\n巴黎"}, "table", "no such column"),
        ({"table": '国家\n"法国'}, "table", "quotation mark"),
        ({"checks": (Contains("x"), FitsSchema("{"))}, "checks.1.schema", "not JSON"),
        ({"checks": (Matches("("),)}, "checks.0.pattern", "no regular expression"),
        ({"judge": Judge(Settings("OpenAI", "gpt-4o"), " ")}, "judge.rubric", "rubric"),
        ({"judge": Judge(Settings("OpenAI", ""), "好？")}, "judge.model", "judges"),
        ({"cap": Decimal(0)}, "cap", "above \\$0"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(change, field, sentence):
    with pytest.raises(FieldProblem, match=sentence) as caught:
        read_draft(replace(WHOLE, **change))
    assert caught.value.field == field
