"""A plan in words: whole, with its units, and nothing as Python would write it."""

from decimal import Decimal

import pytest

from experiments.checks.json_checks import FitsSchema, ValidJson
from experiments.checks.judge import Judge
from experiments.checks.length import Length
from experiments.checks.text_checks import Contains, Equals, Matches, NotContains, Similar
from experiments.factors import Factor
from experiments.plan import Design, Plan
from experiments.plan_json import CHECKS
from experiments.plan_words import plan_words
from llm.types import Parameters, Settings

SETTINGS = Settings("OpenAI", "gpt-4o-mini", Parameters(temperature=0.7, stop_sequences=("END", "。"), seed=20_261_121))
PLAN = Plan("温度", ("问{{国}}",), SETTINGS, (Factor("temperature", (None, 0.5)),), table=({"国": "法国"},))


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (Contains("巴黎"), "contains “巴黎”"),
        (Contains("Paris", ignore_case=True), "contains “Paris”, in upper or lower case"),
        (NotContains("巴黎"), "does not contain “巴黎”"),
        (Matches(r"\d+"), r"matches the regular expression “\d+”"),
        (Equals("是", any_space=False), "equals “是”"),
        (Equals("是"), "equals “是”, whatever white space is in it"),
        (Similar("巴黎", 0.85), "is at least 0.85 like “巴黎”"),
        (ValidJson(), "is valid JSON"),
        (FitsSchema('{"type": "object"}'), 'fits the JSON schema {"type": "object"}'),
        (Length(at_most=1_000, unit="tokens"), "has at most 1,000 tokens"),
        (Length(at_least=5, at_most=80), "has at least 5 and at most 80 characters"),
    ],
)
def test_a_check_says_what_it_wants_of_a_reply(check, words):
    assert check.words == words


def test_every_kind_of_check_is_stored_and_chosen_by_a_name_of_its_own():
    assert list(CHECKS) == [check.kind for check in CHECKS.values()]
    assert len({check.title for check in CHECKS.values()}) == len(CHECKS)


def test_settings_are_told_as_they_are_sent():
    settings = dict(plan_words(PLAN).settings)
    assert settings == {
        "Connection": "OpenAI",
        "Model": "gpt-4o-mini",
        "Stop sequences": "“END”, “。”",
        "Seed": "20261121",
    }


def test_a_setting_that_is_varied_stands_with_its_levels_and_by_itself_only_where_it_stands_still():
    words = plan_words(PLAN)
    assert words.factors == (("Temperature", ("default", "0.5")),)
    turned_alone = plan_words(Plan("", ("问",), SETTINGS, PLAN.factors, design=Design.ONE_AT_A_TIME))
    assert dict(turned_alone.settings)["Temperature"] == "0.7"


def test_the_design_has_its_numbers_and_limits():
    plan = Plan("", ("问",), SETTINGS, PLAN.factors, design=Design.SAMPLE, sample_size=2, cap=Decimal("0.5"))
    assert dict(plan_words(plan).design) == {
        "Combinations": "sample, 2 cells drawn with seed 1",
        "Cells": "2",
        "Repetitions": "1",
        "Requests at once": "4 at most",
        "Cap": "$0.50",
    }


def test_the_table_and_the_judge_are_told():
    words = plan_words(Plan("", ("问{{国}}",), SETTINGS, table=PLAN.table, judge=Judge(SETTINGS, "好吗？")))
    assert (words.columns, words.rows) == (("国",), (("法国",),))
    assert dict(words.judge)["Rubric"] == "好吗？"
