"""CSV and JSONL: every run whole, under the names of the screen, and nothing that runs in a spreadsheet."""

import csv
import io
import json

import pytest

from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.report.lines import LONGEST_CELL, csv_lines, jsonl_lines
from llm.types import Failure, Parameters, Settings, Status, Usage
from storage.experiments.records import RunId
from tests.experiments.exported import of, recorded
from tests.experiments.recorded import ended

SETTINGS = Settings("OpenAI", "gpt-4o-mini", Parameters(max_tokens=64, stop_sequences=("。",)))
PLAN = Plan(
    "温度",
    ("首都是哪里：{{country}}？",),
    SETTINGS,
    (Factor("temperature", (None, 0.5)),),
    table=({"country": "法国"}, {"country": "日本"}),
    repetitions=2,
    checks=(Contains("巴黎"),),
)


def table(exported):
    text = "".join(csv_lines(exported))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def objects(exported):
    return [json.loads(line) for line in jsonl_lines(exported)]


def cell_of(text, store):
    """How a reply's text stands in the CSV."""
    return table(recorded(store, Plan("题", ("问",), SETTINGS), [text]))[0]["text"]


def test_each_run_is_a_line_with_its_cell_and_what_came_of_it(store):
    end = ended(reported=Usage(20, 7), finish_reason="stop")
    rows = table(recorded(store, PLAN, ["巴黎。", "东京。"], end=end))
    assert len(rows) == 8
    first = rows[0]
    assert first["experiment"] == "温度"
    assert (first["prompt_number"], first["prompt"]) == ("1", "首都是哪里：法国？")
    assert (first["variables.country"], first["repetition"]) == ("法国", "1")
    assert [row["levels.temperature"] for row in rows[:4]] == ["", "0.5", "", "0.5"]
    assert (first["status"], first["finish_reason"], first["text"]) == ("complete", "stop", "巴黎。")
    assert (first["connection"], first["model"], first["parameters.max_tokens"]) == ("OpenAI", "gpt-4o-mini", "64")
    assert first["parameters.stop_sequences"] == '["。"]'
    assert (first["tokens.reported.input_tokens"], first["tokens.estimated.output_tokens"]) == ("20", "20")
    assert (first["cost.amount"], first["cost.provenance"]) == ("0.25", "estimated")
    assert (first["timing.first_token"], first["timing.duration"]) == ("0.25", "1.5")
    assert first["metrics.check_pass_rate"] == "1.0"


def test_the_checks_stand_with_their_results_and_reasons(store):
    passed, failed = table(recorded(store, PLAN, ["巴黎。", "东京。"]))[:2]
    assert passed["checks.1.check"] == failed["checks.1.check"] == "contains “巴黎”"
    assert (passed["checks.1.passed"], failed["checks.1.passed"]) == ("True", "False")
    assert failed["checks.1.why"] == "Does not contain “巴黎”."


def test_the_judge_stands_with_its_score_and_words(store):
    plan = Plan("题", ("问",), SETTINGS, judge=Judge(SETTINGS, "是否礼貌？"))
    [row] = objects(recorded(store, plan, judgement="很礼貌。\nScore: 4"))
    assert row["judge"] == {"score": 4, "why": "很礼貌。"}
    [row] = objects(recorded(store, plan))
    assert row["judge"] == {"score": None, "why": None}


def test_jsonl_keeps_every_text_as_it_is(store):
    texts = ["=1+1\r\n，\"引号\" '单' \t\u2028\0", "字" * (LONGEST_CELL + 1)]
    plan = Plan("题", ("=问\n",), SETTINGS, repetitions=2)
    rows = objects(recorded(store, plan, texts))
    assert [row["text"] for row in rows] == texts
    assert {row["prompt"] for row in rows} == {"=问\n"}


def test_all_lines_have_the_same_columns_though_a_run_failed(store):
    failed = ended(Status.FAILED, failure=Failure("quota", "没有余额。", "/home/somebody/model.gguf"))
    experiment = recorded(store, PLAN, [""], end=failed)
    rows = objects(experiment)
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert (rows[0]["status"], rows[0]["failure"]) == ("failed", "没有余额。")
    assert rows[0]["checks"] == [{"check": "contains “巴黎”", "passed": None, "score": None, "why": None}]
    assert "somebody" not in "".join((*jsonl_lines(experiment), *csv_lines(experiment)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_no_cell_is_run_as_a_formula(store, start):
    assert cell_of(f'{start}HYPERLINK("http://a.test")', store) == f'\'{start}HYPERLINK("http://a.test")'


def test_a_formula_is_none_in_a_title_a_prompt_or_a_name_of_a_column_either(store):
    plan = Plan("=题", ("+问 {{名}}",), SETTINGS, table=({"名": "@a"},), checks=(Contains("=b"),))
    text = "".join(csv_lines(recorded(store, plan, ["-好"])))
    starts = [cell[:1] for row in csv.reader(io.StringIO(text[1:], newline="")) for cell in row]
    assert not {"=", "+", "-", "@"} & set(starts)


def test_numbers_are_left_alone(store):
    plan = Plan("题", ("问",), Settings("a", "b", Parameters(presence_penalty=-0.5)))
    assert table(recorded(store, plan))[0]["parameters.presence_penalty"] == "-0.5"


def test_a_text_that_is_too_long_for_a_cell_is_cut_at_a_whole_character(store):
    assert cell_of("字" * LONGEST_CELL, store) == "字" * LONGEST_CELL
    cut = cell_of("😀" * LONGEST_CELL, store)
    assert cut == "😀" * (LONGEST_CELL // 2) + "…"


def test_lines_and_quotation_marks_within_a_text_stay_in_its_cell(store):
    text = 'eins,"zwei"\r\n三;四\n'
    assert cell_of(text, store) == text


def test_of_an_experiment_that_has_not_begun_there_is_nothing(store):
    planned = of(store, store.experiments.create("空", to_json(PLAN)))
    assert list(csv_lines(planned)) == list(jsonl_lines(planned)) == []


def test_an_adopted_run_says_so(store):
    plan = Plan("题", ("问",), SETTINGS)
    first = recorded(store, plan)
    second = store.experiments.create("二", to_json(plan))
    store.runs.adopt(second, [RunId(first.results.cells[0].id, 0)])
    assert [row["adopted"] for row in objects(first)] == [False]
    assert [row["adopted"] for row in objects(of(store, second))] == [True]
