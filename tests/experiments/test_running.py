"""Experiments that run: each request once, whatever comes in between; no more money than allowed; none lost."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from experiments.checks.judge import Judge
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.running.phase import Phase
from llm.types import Budget, PlaygroundError, Status
from storage.experiments.records import ExperimentState, RunId
from tests.playground import wait_until
from tests.upstream import Answer

QUICK = {"retry-after-ms": "1"}
STORM = [Answer(status=status, body=b"{}", headers=QUICK) for status in (429, 503)]


@pytest.fixture
def lab(playground, upstream):
    return Lab(playground, upstream)


class Lab:
    """Experiments of a playground, and what its server was asked."""

    def __init__(self, playground, upstream):
        self.playground, self.store, self.upstream = playground, playground.store, upstream
        self.executions = playground.executions

    def plan(self, prompts=("第一问", "第二问"), model="house-model", max_tokens=None, **more):
        settings = self.playground.settings(model, max_tokens=max_tokens)
        return Plan("试验", tuple(prompts), settings, **more)

    def create(self, plan):
        return self.store.experiments.create(plan.title, to_json(plan))

    def run(self, plan):
        """The id of an experiment, and its execution once that has ended."""
        id_ = self.create(plan)
        return id_, self.ended(self.executions.start(id_))

    def held(self, plan):
        """An experiment of which the server holds as many requests as may be under way: its id and its execution."""
        self.upstream.answer = Answer(hold_after=0)
        id_ = self.create(plan)
        execution = self.executions.start(id_)
        wait_until(lambda: len(self.upstream.requests) == plan.concurrency)
        return id_, execution

    def released(self, execution):
        self.upstream.release()
        return self.ended(execution)

    def ended(self, execution):
        wait_until(lambda: not execution.live, 30)
        return execution

    def phase(self, id_):
        return self.executions.phase(self.store.experiments.get(id_))

    def streamed(self, id_):
        """What has arrived of the replies that stream now, by their ids."""
        newest = self.store.runs.newest(id_, 9)
        return {run.reply_id: text for run, text in newest if run.status is Status.STREAMING}

    def state(self, id_):
        return self.store.experiments.get(id_).state

    def asked(self):
        """How often each prompt arrived at the server."""
        return Counter(request["messages"][-1]["content"] for request in self.upstream.requests)


def many(count):
    return tuple(f"第{n}问" for n in range(count))


def test_every_cell_is_sent_as_often_as_it_is_repeated_and_recorded(lab):
    plan = lab.plan(factors=(Factor("temperature", (0.0, 1.0)),), repetitions=3)
    id_, execution = lab.run(plan)
    sent = Counter((r["messages"][-1]["content"], r["temperature"]) for r in lab.upstream.requests)
    assert sent == {(prompt, t): 3 for prompt in plan.prompts for t in (0, 1)}
    assert lab.state(id_) is ExperimentState.DONE
    runs = lab.store.runs.of(id_)
    assert [run.status for run in runs] == [Status.COMPLETE] * 12
    assert set(lab.store.runs.texts(id_).values()) == {"Hello from upstream."}
    at = execution.progress
    assert (at.runs, at.done, at.failed, at.running, at.left) == (12, 12, 0, 0, 0)
    assert at.spent.replies == 12
    assert at.seconds_left == 0


def test_runs_are_in_no_list_of_conversations(lab):
    lab.run(lab.plan())
    assert lab.store.conversations.recent(9) == []


def test_no_more_requests_are_under_way_at_once_than_the_plan_says(lab):
    id_, execution = lab.held(lab.plan(many(9), concurrency=3))
    assert execution.progress.running == len(lab.streamed(id_)) == 3
    assert execution.progress.left == 6
    lab.released(execution)
    assert lab.asked() == dict.fromkeys(many(9), 1)


def test_one_experiment_runs_once_however_many_tabs_start_it(lab):
    lab.upstream.answer = Answer(hold_after=0)
    id_ = lab.create(lab.plan())
    execution = lab.executions.start(id_)
    for start in (lab.executions.start, lab.executions.retry_failed):
        with pytest.raises(PlaygroundError, match="running already"):
            start(id_)
    lab.released(execution)
    assert lab.asked() == {"第一问": 1, "第二问": 1}


def test_a_pause_lets_what_is_under_way_end_and_resuming_sends_the_rest(lab):
    id_, execution = lab.held(lab.plan(many(8), concurrency=2))
    lab.executions.pause(id_)
    lab.released(execution)
    assert (execution.progress.done, execution.progress.left) == (2, 6)
    assert lab.state(id_) is ExperimentState.PAUSED
    lab.ended(lab.executions.start(id_))
    assert lab.asked() == dict.fromkeys(many(8), 1)
    assert lab.state(id_) is ExperimentState.DONE


def test_a_pause_is_taken_back_while_requests_are_under_way(lab):
    id_, execution = lab.held(lab.plan(many(4), concurrency=2))
    lab.executions.pause(id_)
    assert lab.executions.start(id_) is execution
    lab.released(execution)
    assert lab.asked() == dict.fromkeys(many(4), 1)


def test_cancelling_stops_what_is_under_way_and_keeps_what_had_arrived(lab):
    lab.upstream.answer = Answer(chunks=("留下", "不来"), hold_after=1)
    id_ = lab.create(lab.plan(many(6), concurrency=2))
    execution = lab.executions.start(id_)
    wait_until(lambda: list(lab.streamed(id_).values()) == ["留下"] * 2)
    lab.executions.cancel(id_)
    lab.ended(execution)
    assert lab.state(id_) is ExperimentState.CANCELLED
    assert [run.status for run in lab.store.runs.of(id_)] == [Status.STOPPED] * 2
    assert set(lab.store.runs.texts(id_).values()) == {"留下"}
    assert len(lab.upstream.requests) == 2
    assert execution.progress.left == 6


def test_what_an_experiment_does_is_known_from_its_state_and_from_what_runs_here(lab):
    assert lab.phase(lab.create(lab.plan())) is Phase.PLANNED
    id_, execution = lab.held(lab.plan(many(6), concurrency=2))
    assert lab.phase(id_) is Phase.RUNNING
    lab.executions.pause(id_)
    assert lab.phase(id_) is Phase.PAUSING
    lab.released(execution)
    assert lab.phase(id_) is Phase.PAUSED
    lab.ended(lab.executions.start(id_))
    assert lab.phase(id_) is Phase.DONE
    assert lab.executions.find(id_) is None


def test_one_that_ended_since_it_was_read_was_not_interrupted(lab):
    id_, execution = lab.held(lab.plan(concurrency=2))
    stored = lab.store.experiments.get(id_)
    assert lab.executions.phase(stored) is Phase.RUNNING
    lab.released(execution)
    assert stored.state is ExperimentState.RUNNING
    assert lab.executions.phase(stored) is Phase.DONE


def test_failed_runs_are_shown_as_such_and_retried_alone(lab):
    broken = Answer(status=400, body=b'{"error": {"message": "nein"}}')
    lab.upstream.script = [Answer(), broken, Answer()]
    id_, execution = lab.run(lab.plan(many(3), concurrency=1))
    assert (execution.progress.done, execution.progress.failed, execution.progress.left) == (2, 1, 0)
    assert lab.state(id_) is ExperimentState.DONE
    [failed] = [run for run in lab.store.runs.of(id_) if run.status is Status.FAILED]
    assert failed.failure.detail == "nein"
    execution = lab.ended(lab.executions.retry_failed(id_))
    assert (execution.progress.done, execution.progress.failed) == (3, 0)
    assert lab.asked() == {"第0问": 1, "第1问": 2, "第2问": 1}


def test_what_every_run_would_meet_pauses_the_experiment_and_says_why(lab):
    lab.upstream.answer = Answer(status=401, body=b"{}")
    id_, _ = lab.run(lab.plan(many(30), concurrency=2))
    assert "did not accept the key" in lab.executions.trouble(id_)
    assert lab.executions.find(id_) is None
    assert len(lab.upstream.requests) <= 3
    assert lab.state(id_) is ExperimentState.PAUSED


def test_a_storm_of_refusals_slows_all_down_and_loses_none(lab):
    lab.upstream.script = STORM * 7
    id_ = lab.create(lab.plan(many(20), concurrency=4))
    execution = lab.executions.start(id_)
    wait_until(lambda: execution.progress.concurrency < 4)
    lab.ended(execution)
    assert (execution.progress.done, execution.progress.failed) == (20, 0)
    assert execution.progress.concurrency > 2, "it recovers"
    assert lab.state(id_) is ExperimentState.DONE
    assert sum(lab.asked().values()) == 34
    assert [run.status for run in lab.store.runs.of(id_)] == [Status.COMPLETE] * 20


def test_a_server_that_asks_to_wait_for_long_pauses_the_experiment_and_the_run_is_left(lab):
    lab.upstream.answer = Answer(status=429, body=b"{}", headers={"retry-after": "3600"})
    id_, execution = lab.run(lab.plan(many(9), concurrency=2))
    assert "It asks to wait 60 minutes" in execution.trouble
    assert (execution.progress.failed, execution.progress.left) == (0, 9)
    lab.upstream.answer = Answer()
    assert lab.ended(lab.executions.start(id_)).progress.done == 9


def test_recorded_runs_are_used_for_one_repetition_at_most_and_not_sent_again(lab):
    first = lab.plan(repetitions=2)
    lab.run(first)
    lab.upstream.requests.clear()
    _, execution = lab.run(replace(first, title="又一次", prompts=(*first.prompts, "新问"), repetitions=3))
    assert lab.asked() == {"第一问": 1, "第二问": 1, "新问": 3}
    assert execution.progress.done == 9
    assert execution.progress.spent.replies == 5


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 20, "completion_tokens": 300},
        {"prompt_tokens": 10**9, "completion_tokens": 10**9},
        {"prompt_tokens": 0, "completion_tokens": 0},
        None,
    ],
)
def test_a_cap_worth_five_replies_lets_at_most_one_more_be_paid(lab, usage):
    cap = Decimal("0.0009")  # a reply of 300 words costs 0.00018 and a little, as gpt-4o-mini is priced
    lab.upstream.answer = Answer(chunks=("word ",) * 300, usage=usage)
    id_, execution = lab.run(lab.plan(many(40), "gpt-4o-mini", 400, concurrency=20, cap=cap))
    costs = [run.cost.amount for run in lab.store.runs.of(id_)]
    assert len(costs) == len(lab.upstream.requests) == 5
    assert cap <= sum(costs) <= cap + max(costs)
    assert execution.progress.spent.cost == sum(costs)
    assert execution.trouble == "The cap of $0.0009 is reached: raise it below and resume."
    assert lab.state(id_) is ExperimentState.PAUSED
    assert "is reached" in lab.ended(lab.executions.start(id_)).trouble, "nor after a restart"
    assert len(lab.upstream.requests) == 5


def test_the_budget_of_the_day_holds_for_runs_and_chats_together(lab):
    lab.playground.prefer(budget=Budget(day=Decimal("0.0004")))
    lab.upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})  # $0.00045
    _, execution = lab.run(lab.plan(many(9), "gpt-4o-mini", 600, concurrency=5))
    assert "Nothing is left of today's budget" in execution.trouble
    assert len(lab.upstream.requests) == 1
    with pytest.raises(PlaygroundError, match="today's budget"):
        lab.playground.answer(model="gpt-4o-mini")


def test_a_judge_is_asked_about_each_whole_reply_and_its_cost_stands_apart(lab):
    judge = Judge(lab.playground.settings("gpt-4o-mini"), "是否礼貌？")
    lab.upstream.script = [Answer(chunks=("你好",)), Answer(chunks=("Kind.\nScore: 5",))]
    id_, execution = lab.run(lab.plan(("问",), judge=judge))
    cell = lab.store.runs.of(id_)[0].id.cell_id
    texts = {RunId(cell, 0): "你好", RunId(cell, 0, judges=True): "Kind.\nScore: 5"}
    assert lab.store.runs.texts(id_) == texts
    asked = lab.upstream.requests[1]["messages"][-1]["content"]
    assert "是否礼貌？" in asked
    assert "你好" in asked
    at = execution.progress
    assert (at.runs, at.done, at.judged) == (1, 1, 1)
    assert at.spent.cost == 0 < at.spent_on_judging.cost


def test_a_judge_that_fails_leaves_the_run_done_and_can_be_asked_again(lab):
    judge = Judge(lab.playground.settings(), "是否礼貌？")
    lab.upstream.script = [Answer(chunks=("你好",)), Answer(status=400, body=b"{}")]
    id_, execution = lab.run(lab.plan(("问",), judge=judge))
    assert (execution.progress.done, execution.progress.judged, execution.progress.not_judged) == (1, 0, 1)
    assert lab.state(id_) is ExperimentState.DONE
    execution = lab.ended(lab.executions.retry_failed(id_))
    assert (execution.progress.judged, execution.progress.not_judged) == (1, 0)
    assert lab.asked()["问"] == 1


def test_a_judge_that_was_interrupted_is_asked_again_on_resuming_and_the_run_is_not(lab):
    judge = Judge(lab.playground.settings(), "是否礼貌？")
    lab.upstream.script = [Answer(chunks=("你好",)), Answer(hold_after=0)]
    id_ = lab.create(lab.plan(("问",), judge=judge))
    execution = lab.executions.start(id_)
    wait_until(lambda: len(lab.upstream.requests) == 2)
    lab.executions.cancel(id_)
    lab.ended(execution)
    assert lab.state(id_) is ExperimentState.CANCELLED
    assert lab.ended(lab.executions.start(id_)).progress.judged == 1
    assert lab.asked()["问"] == 1
    assert len(lab.upstream.requests) == 3
    assert lab.state(id_) is ExperimentState.DONE


def test_a_connection_that_is_gone_pauses_before_anything_is_stored(lab):
    plan = lab.plan()
    id_, execution = lab.run(replace(plan, settings=replace(plan.settings, connection="昨天的")))
    assert "昨天的 is not there any more" in execution.trouble
    assert lab.store.runs.of(id_) == []
    assert lab.upstream.requests == []


def test_a_deleted_experiment_sends_nothing_more(lab):
    id_, execution = lab.held(lab.plan(many(9), concurrency=1))
    lab.store.experiments.delete(id_)
    lab.released(execution)
    assert len(lab.upstream.requests) == 1
    with pytest.raises(PlaygroundError, match="no longer here"):
        lab.executions.start(id_)


def test_when_the_playground_ends_an_experiment_is_left_to_be_resumed(lab):
    id_, _ = lab.held(lab.plan(many(6), concurrency=2))
    lab.playground.executions.close()
    lab.playground.turns.close()
    assert lab.state(id_) is ExperimentState.RUNNING
    assert [run.status for run in lab.store.runs.of(id_)] == [Status.INTERRUPTED] * 2


def test_an_interrupted_experiment_is_offered_until_somebody_says_no(lab):
    id_ = lab.create(lab.plan())
    lab.store.experiments.set_state(id_, ExperimentState.RUNNING)
    assert lab.phase(id_) is Phase.INTERRUPTED
    lab.executions.cancel(id_)
    assert lab.phase(id_) is Phase.CANCELLED


def test_pages_that_look_on_are_told_of_every_change(lab):
    async def look_on(execution):
        changed, seen = asyncio.Event(), []
        execution.subscribe(asyncio.get_running_loop(), changed)
        lab.upstream.release()
        while execution.live:
            await changed.wait()
            changed.clear()
            seen.append(execution.progress.done)
        return seen

    _, execution = lab.held(lab.plan(many(5), concurrency=1))
    seen = asyncio.run(asyncio.wait_for(look_on(execution), 20))
    assert seen == sorted(seen)
    assert seen[-1] == 5
    assert len(set(seen)) > 2


def test_a_run_can_be_stopped_by_itself_and_is_sent_again_on_resuming(lab):
    lab.upstream.script = [Answer(chunks=("一半", "没有"), hold_after=1)]
    id_ = lab.create(lab.plan(many(3), concurrency=1))
    execution = lab.executions.start(id_)
    wait_until(lambda: list(lab.streamed(id_).values()) == ["一半"])
    [reply_id] = lab.streamed(id_)
    lab.playground.turns.stop(reply_id)
    lab.ended(execution)
    assert (execution.progress.done, execution.progress.left) == (2, 1)
    assert lab.state(id_) is ExperimentState.PAUSED
    assert lab.ended(lab.executions.start(id_)).progress.done == 3
