"""The report: one file that says what was planned, found and spent, in which all texts are texts."""

import hashlib
import re
import sys
from base64 import b64decode
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from itertools import cycle
from xml.etree import ElementTree

import pytest

from experiments.cells import cells
from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains, Matches
from experiments.factors import Factor
from experiments.plan import Design, Plan
from experiments.report.page import report_html
from experiments.report.replies import LONGEST_SHOWN, MOST_CELLS, recipe
from llm.types import Failure, Parameters, Settings, Status
from tests.experiments.exported import of, recorded
from tests.experiments.recorded import ended, record

HOSTILE = (
    """</script></style>"'><script>alert(1)</script><img src="https://evil.test/x" onerror="alert(1)"> {{ 7*7 }} 你好"""
)
SETTINGS = Settings("OpenAI", "gpt-4o-mini", Parameters(max_tokens=64))
PLAN = Plan(
    "温度与礼貌",
    ("说一句{{语气}}的话", "Say hello."),
    SETTINGS,
    (Factor("temperature", (0.0, 1.0)),),
    table=({"语气": "礼貌"}, {"语气": "生气"}),
    repetitions=3,
    checks=(Contains("您"),),
    judge=Judge(SETTINGS, "是否礼貌？"),
    cap=Decimal("0.50"),
)
EVERYWHERE = Plan(
    f"题 {HOSTILE}",
    (f"问 {HOSTILE}", f"{{{{列}}}} {HOSTILE}"),
    Settings(f"c {HOSTILE}", f"m {HOSTILE}", Parameters(stop_sequences=(HOSTILE,), max_tokens=9)),
    (Factor("temperature", (0.0, 1.0)), Factor("system_prompt", (f"一 {HOSTILE}", f"二 {HOSTILE}"))),
    table=({"列": HOSTILE},),
    checks=(Contains(HOSTILE), Matches("一")),
    judge=Judge(SETTINGS, f"标准 {HOSTILE}"),
)


HEAD = {"html", "head", "meta", "title", "style", "body", "script", "noscript"}
PARTS = {"main", "header", "section", "article", "footer", "div", "figure", "figcaption", "details", "summary"}
TEXTS = {"h1", "h2", "h3", "h4", "p", "b", "i", "pre", "code", "blockquote", "img"}
LISTS = {"dl", "dt", "dd", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}


class Read(HTMLParser):
    """The elements of a page with their attributes, and its visible text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        self.text += " " if tag == "td" else ""

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for of, attributes in self.elements if of == tag]


def read(exported, found=None):
    return Read(report_html(exported, found))


def pictures(page):
    sources = [image["src"] for image in page.all("img")]
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    return [b64decode(source.partition(",")[2]).decode() for source in sources]


def test_it_says_what_was_planned(store):
    text = read(recorded(store, PLAN)).text
    for part in (
        "温度与礼貌",
        "说一句{{语气}}的话",
        "生气",
        "The reply contains “您”.",
        "是否礼貌？",
        "$0.50",
        "gpt-4o-mini",
        "0, 1",
    ):
        assert part in text


def test_it_says_what_was_spent_the_judge_apart_and_how_long_it_took(store):
    text = read(recorded(store, PLAN, judgement="好。\nScore: 4")).text
    assert re.search(r"runs\s*18 of 18 complete\b", text)
    assert re.search(r"cost\s*≈\$4.50", text)
    assert re.search(r"cost of judging\s*≈\$4.50", text)
    assert re.search(r"replies took\s*27 s altogether", text)


def test_it_says_whether_the_knob_matters_and_what_was_not_tested(store):
    exported = recorded(store, replace(PLAN, table=(), prompts=("问",), repetitions=8, judge=None), ["您好", "你好吗"])
    page = read(exported)
    assert "Temperature changes check pass rate: 100% at 0 to 0% at 1" in page.text
    assert "Nothing to tell: with all else the same, cost never differs" in page.text
    assert re.search(r"n\s+0\s+100%\s+68% to 100%\s+8", page.text)  # the figures stand beside their picture


def test_while_it_runs_it_tests_nothing_and_says_so(store):
    exported = recorded(store, replace(PLAN, table=(), prompts=("问",), repetitions=8, judge=None), ["您好", "你好吗"])
    text = read(replace(exported, running=True)).text
    assert "16 of 16 complete, still running when this was made" in text
    assert "Whether settings matter is worked out when the run has ended or is paused" in text
    assert not re.search(r"Temperature changes|p [=<] 0|Nothing to tell", text)


def test_each_prompt_stands_with_the_first_reply_of_each_cell_how_it_was_judged_and_its_recipe(store):
    exported = recorded(store, PLAN, ["您好！", "喂"], judgement="很好。\nScore: 4")
    text = read(exported).text
    assert text.count("✓ Contains “您”.") == text.count("✗ Does not contain “您”.") == 3
    assert text.count("Judge, 4 of 5: 很好。") == 6
    assert all(cell.id in text and recipe(cell).text in text for cell in cells(PLAN))


def test_where_nothing_was_varied_by_a_factor_alone_the_report_says_so_as_the_page_does(store):
    by_two = (Factor("temperature", (0.0, 1.0)), Factor("top_p", (0.2, 0.8)))
    plan = Plan("抽", ("问",), SETTINGS, by_two, design=Design.SAMPLE, sample_size=2, repetitions=2)
    assert [tuple(cell.levels.values()) for cell in cells(plan)] == [(0.0, 0.2), (1.0, 0.8)]
    ends = cycle(ended(tokens=tokens) for tokens in (5, 9, 7))
    experiment = record(store, plan, lambda run: "好", lambda run: next(ends))
    assert "No two settings differ by this alone" in read(of(store, experiment.id)).text
    assert "No two settings differ by this alone" not in read(recorded(store, PLAN, ["您", "你们"])).text


def test_replies_whose_tokens_nobody_counted_are_no_short_ones(store):
    ends = cycle((ended(tokens=0), ended(tokens=40)))
    experiment = record(store, replace(PLAN, judge=None), lambda run: "好", lambda run: next(ends))
    text = read(of(store, experiment.id)).text
    assert re.search(r"would have been cut\s*n\s*not known of\s*1\s+100%\s+9\s", text)


def test_a_recipe_is_the_text_whose_hash_names_the_cell():
    for cell in cells(EVERYWHERE):
        kept = recipe(cell)
        assert kept.id == hashlib.sha256(kept.text.encode()).hexdigest()


def test_a_failed_run_says_why(store):
    failed = ended(Status.FAILED, failure=Failure("quota", "没有余额。", "/home/somebody/key"))
    html = report_html(recorded(store, replace(PLAN, judge=None), ["一半"], end=failed))
    assert "Failed: 没有余额。" in html
    assert "0 of 18 complete, 18 not" in html
    assert "somebody" not in html


def test_nothing_that_was_written_by_others_is_more_than_text(store):
    html = report_html(recorded(store, EVERYWHERE, [f"答 {HOSTILE}"], judgement=f"因 {HOSTILE}\nScore: 3"))
    page = Read(html)
    assert {tag for tag, _ in page.elements} <= HEAD | PARTS | TEXTS | LISTS
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert len(page.all("style")) == 1
    for mark in ("题", "问", "答", "因", "标准", "一", "二", "c", "m"):
        assert f"{mark} {HOSTILE}" in page.text


def test_labels_of_pictures_are_text_and_nothing_in_a_picture_is_elsewhere(store):
    plan = replace(EVERYWHERE, judge=None, repetitions=2)
    shown = pictures(read(recorded(store, plan, [f"一 {HOSTILE}", "二"])))
    assert shown
    for svg in shown:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert not tags & {"script", "image", "foreignObject", "a", "use"}


def test_where_no_picture_can_be_drawn_the_figures_stand_as_tables(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as on a machine that it has no wheel for
    page = read(recorded(store, replace(PLAN, judge=None), ["您好", "喂"]))
    assert page.all("img") == []
    assert len([details for details in page.all("details") if "open" in details]) == len(page.all("figure")) > 0
    assert "mean check pass rate" in page.text


def test_its_policy_allows_nothing_but_its_own_script(store):
    page = read(recorded(store, PLAN))
    policy = page.all("meta")[1]["content"]
    [digest] = re.findall(r"script-src 'sha256-(\S+)'", policy)
    assert policy.startswith("default-src 'none';")
    html = report_html(recorded(store, PLAN))
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert [b64decode(digest)] == [hashlib.sha256(script.encode()).digest() for script in scripts]


def test_of_a_large_experiment_it_shows_a_part_and_says_which(store):
    seeds = Factor("seed", tuple(range(MOST_CELLS + 7)))
    plan = Plan("大", ("问",), SETTINGS, (seeds,))
    text = read(recorded(store, plan, ["字" * (LONGEST_SHOWN + 3)]), found=()).text
    assert "7 more cells left out" in text
    assert text.count("3 more characters: the JSONL export has them.") == MOST_CELLS


@pytest.mark.parametrize("design", Design)
def test_every_design_has_its_report(store, design):
    plan = replace(PLAN, design=design, sample_size=2, judge=None)
    text = read(recorded(store, plan), found=()).text
    assert ("drawn with seed 1" in text) is (design is Design.SAMPLE)


def test_without_a_factor_there_is_nothing_to_tell_and_it_says_so(store):
    assert "Nothing was varied" in read(recorded(store, Plan("题", ("问",), SETTINGS))).text
