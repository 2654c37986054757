"""A plan that cannot be run gets one sentence at the field that is wrong; one that can is stored as it is."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from experiments.checks.json_checks import FitsSchema, ValidJson
from experiments.checks.judge import Judge
from experiments.checks.length import Length
from experiments.checks.text_checks import Contains, Equals, Matches, NotContains, Similar
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan, refuse_faulty
from experiments.plan_json import from_json, to_json
from llm.types import Parameters, Settings

HERE = Settings("OpenAI", "gpt-4o-mini", Parameters(stop_sequences=("。",), seed=7))
TABLE = ({"问题": "法国的首都？", "答案": "巴黎"}, {"问题": "日本的首都？", "答案": "东京"})
PLAN = Plan("首都", ("{{问题}}",), HERE, (Factor("temperature", (None, 0.0, 1.0)),), TABLE)
WHOLE = replace(
    PLAN,
    factors=(*PLAN.factors, Factor("model", ("gpt-4o", "qwen @ 家里")), Factor("seed", (1, 2))),
    design=Design.SAMPLE,
    sample_size=9,
    sample_seed=3,
    repetitions=5,
    checks=(
        Contains("{{答案}}", ignore_case=True),
        NotContains("不知道"),
        Matches(r"^\w+$"),
        Equals("{{答案}}", any_space=False),
        Similar("{{答案}}", 0.75),
        ValidJson(),
        FitsSchema('{"type": "object"}'),
        Length(at_most=20, unit="tokens"),
    ),
    judge=Judge(HERE, "是不是{{答案}}？"),
    concurrency=8,
    requests_per_minute=60,
    cap=Decimal("0.10"),
)


def test_a_plan_is_the_same_after_json():
    refuse_faulty(WHOLE)
    assert from_json(to_json(WHOLE)) == WHOLE
    assert from_json(to_json(PLAN)) == PLAN
    assert "巴黎" in to_json(PLAN)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"title": "x"}', to_json(PLAN)[:-2], "null", "[" * 100_000])
def test_what_is_no_plan_is_said_to_be_none(damage):
    with pytest.raises(FieldProblem, match="This plan cannot be read: it is damaged, or of a newer version"):
        from_json(damage)


def test_a_plan_of_a_newer_version_is_refused():
    newer = json.loads(to_json(WHOLE))
    newer["checks"][0]["kind"] = "rhymes"
    with pytest.raises(FieldProblem, match="of a newer version"):
        from_json(json.dumps(newer))
    with pytest.raises(FieldProblem, match="of a newer version"):
        from_json(json.dumps(json.loads(to_json(PLAN)) | {"moon": "full"}))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"prompts": ()}, "prompts", "Type at least one prompt."),
        ({"prompts": (" ", "\n")}, "prompts", "Type at least one prompt."),
        ({"prompts": ("{{问题}}", " ")}, "prompts", "Prompt 2 is empty: type it, or take it away."),
        ({"table": ()}, "table", "Prompt 1 uses {{问题}}: give a table with a column of that name."),
        (
            {"prompts": ("hi", "{{问题}} {{语言}}")},
            "table",
            "Prompt 2 uses {{语言}}, but the table has no such column (it has 问题, 答案).",
        ),
        (
            {"factors": (Factor("system_prompt", ("You are {{who}}.",)),)},
            "table",
            "A system prompt uses {{who}}, but the table has no such column (it has 问题, 答案).",
        ),
        ({"table": (*TABLE, {"问题": "?"})}, "table", "The rows of the table do not have the same columns."),
        ({"table": ({"问题": "几？", "答案": 3},)}, "table", "The values of the table must be texts"),
        ({"table": ({"问题": "几？", "答案": None},)}, "table", "The values of the table must be texts"),
        ({"settings": Settings("OpenAI", "")}, "model", "Choose a model."),
        ({"settings": Settings("", "m", Parameters(top_p=3))}, "top_p", "Choose a top_p from 0 to 1."),
        ({"factors": (Factor("seed", ()),)}, "seed", "Type at least one value, such as 1, 2 or 1:5:1."),
        ({"factors": (Factor("seed", (0.5,)),)}, "seed", "Choose a seed that is a whole number"),
        ({"factors": (Factor("model", (None,)),)}, "model", "Type a model on each line."),
        ({"factors": (Factor("model", (" ",)),)}, "model", "Type a model on each line."),
        ({"factors": (Factor("seed", (1,)),) * 2}, "seed", "“seed” is varied twice: put all its values into one"),
        ({"repetitions": 0}, "repetitions", "Choose 1 to 1,000 repetitions."),
        ({"concurrency": 101}, "concurrency", "Choose 1 to 100 requests at once."),
        ({"design": Design.SAMPLE, "sample_size": 0}, "sample_size", "Choose a sample of at least one cell."),
        ({"requests_per_minute": 0}, "requests_per_minute", "Choose at least one request per minute, or none"),
        ({"cap": Decimal(0)}, "cap", "Choose a cap above $0, or none for no cap."),
        ({"cap": Decimal("nan")}, "cap", "Choose a cap above $0, or none for no cap."),
        ({"checks": (ValidJson(), Matches("("))}, "checks.1.pattern", "This is no regular expression: missing )"),
        ({"checks": (Contains("{{年}}"),)}, "table", "Check 1 uses {{年}}, but the table has no such column"),
        (
            {"checks": (Contains("{{答案}}"),), "prompts": ("{{问题}}", "你好")},
            "checks.0",
            "Check 1 uses {{答案}}, but prompt 2 uses no row of the table.",
        ),
        ({"judge": Judge(HERE, " ")}, "judge.rubric", "Type the rubric that the judge should go by."),
        ({"judge": Judge(Settings(), "对吗？")}, "judge.model", "Choose the model that judges."),
        ({"judge": Judge(HERE, "{{年}}")}, "table", "The judge's rubric uses {{年}}, but the table has no such column"),
    ],
)
def test_a_bad_plan_gets_one_sentence_at_the_field_that_is_wrong(changes, field, sentence):
    with pytest.raises(FieldProblem) as problem:
        refuse_faulty(replace(PLAN, **changes))
    assert problem.value.field == field
    assert sentence in str(problem.value)


def test_one_factor_at_a_time_needs_a_model_to_stand_still_at():
    factors = (Factor("model", ("a", "b")),)
    refuse_faulty(replace(PLAN, settings=Settings("OpenAI"), factors=factors))
    with pytest.raises(FieldProblem, match="Choose a model"):
        refuse_faulty(replace(PLAN, settings=Settings("OpenAI"), factors=factors, design=Design.ONE_AT_A_TIME))
