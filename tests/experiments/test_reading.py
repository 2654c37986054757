"""Looking at results: which runs are shown, one reply in words, and what the scrub is given."""

import json

import pytest

from experiments.cells import cells, runs
from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains
from experiments.factors import Factor
from experiments.plan import Design, Plan
from experiments.reading import scrub
from experiments.reading.filters import Checked, Filters
from experiments.reading.reader import Reader
from experiments.reading.scrub import scrub_data
from experiments.reading.truncation import limits_up_to
from experiments.reading.words.reply_figures import judge_words, reply_figures, status_words
from llm.types import Cost, Failure, Provenance, Settings, Status, Usage
from tests.experiments.recorded import ended, record, record_run

SETTINGS = Settings("home", "gpt-4o")
FACTORS = (Factor("temperature", (0.0, 1.0)), Factor("system_prompt", (None, "你是诗人。")))
PLAN = Plan("温度", ("写诗", "hello"), SETTINGS, FACTORS, repetitions=2, checks=(Contains("好"),))
FAILED = ended(Status.FAILED, failure=Failure("server", "The server broke off.", ""))


@pytest.fixture
def results(store):
    """Warm replies lack what is looked for, and the second repetition to "hello" failed."""
    experiment = record(
        store,
        PLAN,
        lambda run: "Guten TAG" if run.cell.levels["temperature"] else "你好",
        lambda run: FAILED if run.repetition and run.cell.prompt == "hello" else ended(),
    )
    return Reader(store.runs).read(experiment)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 16),
        (Filters({"temperature": [0.0]}), 8),
        (Filters({"temperature": [0.0], "system_prompt": [None]}), 4),
        (Filters({"temperature": []}), 16),
        (Filters(prompts=["写诗"]), 8),
        (Filters(statuses=[Status.FAILED]), 4),
        (Filters(checked=Checked.PASSED), 6),
        (Filters(checked=Checked.FAILED), 6),
        (Filters(text="好"), 8),
        (Filters({"temperature": [1.0]}, text="guten tag"), 8),
        (Filters({"temperature": [0.0]}, text="guten"), 0),
    ],
)
def test_the_runs_that_are_shown(results, filters, count):
    shown = filters.apply(results.rows)
    assert len(shown) == count
    assert shown == [row for row in results.rows if row in shown], "in their order"


def test_the_figures_of_a_reply_have_units_and_mark_estimates(store):
    plan = Plan("p", ("写诗",), SETTINGS, repetitions=3)
    ends = [
        ended(tokens=1, cost="0.002"),
        ended(reported=Usage(1_000, 20), finish_reason="length"),
        ended(Status.STOPPED),
    ]
    rows = Reader(store.runs).read(record(store, plan, lambda run: "好好", lambda run: ends[run.repetition])).rows
    figures = dict(reply_figures(rows[0]))
    assert figures["output"] == "≈1 token"
    assert (figures["cost"], figures["first token"], figures["duration"]) == ("≈$0.002", "0.25 s", "1.50 s")
    assert figures["distinct-1"] == "0.50"
    assert dict(reply_figures(rows[1]))["input"] == "1,000 tokens"
    assert "distinct-1" not in dict(reply_figures(rows[2])), "what is missing of it would count"
    assert [status_words(row) for row in rows] == ["", "Cut by max_tokens", "Stopped"]


def test_a_price_that_is_not_known_is_no_zero(store):
    unpriced = ended()
    unpriced = type(unpriced)(unpriced.status, unpriced.estimated, Cost(None, Provenance.UNPRICED), unpriced.timing)
    experiment = record(store, Plan("p", ("写诗",), SETTINGS), lambda run: "好", lambda run: unpriced)
    assert dict(reply_figures(Reader(store.runs).read(experiment).rows[0]))["cost"] == "n/a"


def test_what_failed_and_what_the_judge_said_are_told(store, results):
    assert status_words(next(row for row in results.rows if row.run.failure)) == "Failed: The server broke off."
    plan = Plan("p", ("写诗",), SETTINGS, judge=Judge(SETTINGS, "好吗？"))
    experiment = record(store, plan, lambda run: "好")
    record_run(store, experiment.id, next(runs(cells(plan), 1)), "很好。\nScore: 5", judges=True)
    assert judge_words(Reader(store.runs).read(experiment).rows[0]) == "5 of 5: 很好。"
    assert judge_words(results.rows[0]) == ""


def test_the_scrub_has_each_recorded_reply_at_the_places_of_its_levels(results):
    data = json.loads(json.dumps(scrub_data(results, ["hello"])))
    assert data["prompts"] == ["hello"]
    assert data["factors"] == [
        {"title": "temperature", "levels": ["0", "1"]},
        {"title": "system prompt", "levels": ["default", "你是诗人。"]},
    ]
    places = {(*reply["at"], reply["repetition"]): reply for reply in data["replies"]}
    assert len(places) == 8
    assert places[0, 1, 0]["text"] == "你好"
    assert places[1, 0, 0]["text"] == "Guten TAG"
    assert places[1, 0, 0]["checks"] == [[False, "Does not contain “好”."]]
    assert places[1, 0, 1]["status"] == "Failed: The server broke off."
    assert data["note"] == ""
    assert len(scrub_data(results)["replies"]) == 16


def test_the_scrub_says_what_it_leaves_out(results, monkeypatch):
    monkeypatch.setattr(scrub, "MOST_CHARACTERS", 12)
    monkeypatch.setattr(scrub, "LONGEST_TEXT", 4)
    data = scrub_data(results, ["写诗"])
    assert 0 < len(data["replies"]) < 8
    assert data["note"].startswith(f"{len(data['replies'])} of 8 replies are here")
    assert {reply["repetition"] for reply in data["replies"]} == {0}, "each cell once before any is there twice"
    assert data["replies"][-1]["cut"] == "The first 4 of 9 characters."


def test_of_one_factor_at_a_time_the_scrub_has_what_is_recorded(store):
    plan = Plan("p", ("写诗",), SETTINGS, FACTORS, design=Design.ONE_AT_A_TIME)
    results = Reader(store.runs).read(record(store, plan, lambda run: "好"))
    data = scrub_data(results)
    assert all(len(reply["at"]) == 2 for reply in data["replies"])
    assert len(data["replies"]) == len(results.cells)


@pytest.mark.parametrize(("longest", "limits"), [(1, [1]), (3, [1, 2, 3]), (48, list(range(2, 49, 2)))])
def test_the_limits_on_a_line_are_whole_tokens_up_to_the_longest_reply(longest, limits):
    assert limits_up_to(longest) == limits
