"""What becomes of a plan is said before it starts: what is recorded is not sent again, but judged like the rest."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from experiments.cells import cells
from experiments.checks.judge import Judge
from experiments.estimate import Past
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.outlook import models_of, outlook
from experiments.plan import Plan
from llm.servers.connections import Connection
from llm.types import Parameters, Settings

OPENAI = Connection("OpenAI", "https://api.openai.com/v1", "key")
PLAN = Plan(
    "首都",
    ("法国的首都？", "日本的首都？"),
    Settings("OpenAI", "gpt-4o-mini", Parameters(max_tokens=100)),
    (Factor("temperature", (0.5, 1.0)),),
    repetitions=5,
)
JUDGED = replace(PLAN, judge=Judge(Settings("OpenAI", "gpt-4o"), "对吗？"))


def look(plan, recorded=(), past=None):
    """The outlook of a plan whose first cells are recorded so often."""
    built = cells(plan)
    counts = dict(zip((cell.id for cell in built), recorded, strict=False))
    return outlook(plan, built, counts, lambda _: OPENAI, past or {}, datetime(2026, 11, 21, tzinfo=UTC))


def test_cells_repetitions_and_runs_are_counted():
    seen = look(PLAN)
    assert (seen.cells, seen.repetitions, seen.runs, seen.recorded, seen.to_send) == (4, 5, 20, 0, 20)
    assert (seen.judgements, seen.requests, seen.estimate.judging) == (0, 20, None)


def test_a_recorded_run_serves_one_repetition_at_most():
    seen = look(PLAN, recorded=(2, 9))
    assert (seen.runs, seen.recorded, seen.to_send) == (20, 7, 13)
    assert seen.estimate.replies.requests == 13


def test_nothing_is_left_to_send_where_all_is_recorded():
    seen = look(PLAN, recorded=(5, 5, 5, 5))
    assert (seen.to_send, seen.requests, seen.estimate.replies.cost.high) == (0, 0, Decimal(0))


def test_recorded_runs_are_judged_and_that_is_counted_apart():
    seen = look(JUDGED, recorded=(5, 5))
    assert (seen.to_send, seen.judgements, seen.requests) == (10, 20, 30)
    assert seen.estimate.replies.requests == 10
    assert seen.estimate.judging.requests == 20


def test_the_models_that_are_asked_are_known_by_connection_and_name():
    plan = replace(JUDGED, factors=(*PLAN.factors, Factor("model", ("gpt-4o-mini", "gpt-4o"))))
    assert models_of(plan, cells(plan)) == (Settings("OpenAI", "gpt-4o-mini"), Settings("OpenAI", "gpt-4o"))


def test_past_replies_and_cautions_are_part_of_it():
    seen = look(PLAN, past={("OpenAI", "gpt-4o-mini"): Past([10] * 9, [2.0] * 9)})
    assert tuple(seen.estimate.replies.output_tokens) == (200, 200, 200)
    assert seen.estimate.seconds.likely == pytest.approx(10)
    zero = replace(PLAN, factors=(Factor("temperature", (0.0, 1.0)),))
    assert any("temperature 0" in sentence for sentence in look(zero).cautions)


def test_a_cap_below_what_all_will_cost_is_known_to_stop_it():
    seen = look(JUDGED)
    likely = seen.estimate.replies.cost.likely + seen.estimate.judging.cost.likely
    assert seen.runs_within(likely / 4) == 5
    assert seen.runs_within(likely) is None
    assert seen.runs_within(None) is None


def test_a_connection_that_is_not_there_is_said_at_the_model():
    with pytest.raises(FieldProblem) as caught:
        look(replace(PLAN, settings=Settings("家里", "qwen")))
    assert caught.value.field == "model"
