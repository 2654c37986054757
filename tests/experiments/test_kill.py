"""Killed in the middle of an experiment: it is offered to be resumed, and no finished run is sent again."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.running.phase import Phase
from llm.types import Settings, Status
from storage.experiments.records import ExperimentState
from storage.store import Store
from tests.playground import Playground, wait_until
from tests.torture import FIGURES, SEED
from tests.upstream import Answer

ROOT = Path(__file__).parents[2]
PROMPTS, REPETITIONS, CONCURRENCY = tuple(f"第{n}问" for n in range(100)), 2, 20
RUNS = len(PROMPTS) * REPETITIONS
IN_FLIGHT = "runs in flight when an experiment was killed, at most"


def run_until_killed(folder, upstream, experiment_id, requests):
    """Kill a process that runs the experiment as soon as so many requests have arrived."""
    command = [sys.executable, "-m", "tests.experiments.survivor", str(folder), upstream.base_url, experiment_id]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_until(lambda: len(upstream.requests) >= requests, 60)
    finally:
        process.kill()
        process.wait()


def check_a_kill(folder, upstream, requests):
    upstream.answer = Answer(chunks=("你", "好", "！"), delay=0.01)
    store = Store(folder / "playground.db")
    playground = Playground(store, upstream, folder)
    plan = Plan("试验", PROMPTS, Settings(playground.name, "house-model"), repetitions=REPETITIONS, concurrency=20)
    id_ = store.experiments.create("试验", to_json(plan))
    run_until_killed(folder, upstream, id_, requests)
    before = {run.id: run.status for run in store.runs.of(id_)}
    assert 0 < list(before.values()).count(Status.COMPLETE) < RUNS
    in_flight = Counter(run.cell_id for run, status in before.items() if status is Status.STREAMING)
    assert in_flight.total() <= CONCURRENCY
    FIGURES[IN_FLIGHT] = max(in_flight.total(), FIGURES.get(IN_FLIGHT, 0))
    store.replies.interrupt_streaming()
    assert playground.executions.phase(store.experiments.get(id_)) is Phase.INTERRUPTED
    execution = playground.executions.start(id_)
    assert execution.progress.done == list(before.values()).count(Status.COMPLETE)
    wait_until(lambda: not execution.live, 60)
    check_that_each_was_sent_once(store, upstream, id_, in_flight)
    playground.close()
    store.close()


def check_that_each_was_sent_once(store, upstream, id_, in_flight):
    runs = store.runs.of(id_)
    assert [run.status for run in runs] == [Status.COMPLETE] * RUNS
    assert set(store.runs.texts(id_).values()) == {"你好！"}
    assert store.experiments.get(id_).state is ExperimentState.DONE
    prompts = {run.id.cell_id: store.messages.path(run.conversation_id)[0].text for run in runs}
    asked = Counter(request["messages"][-1]["content"] for request in upstream.requests)
    assert set(asked) == set(PROMPTS)
    for cell_id, prompt in prompts.items():
        assert REPETITIONS <= asked[prompt] <= REPETITIONS + in_flight[cell_id]
    assert sum(asked.values()) <= RUNS + in_flight.total()


def test_after_a_kill_each_run_is_sent_once_but_for_those_in_flight(tmp_path, upstream):
    check_a_kill(tmp_path, upstream, 90)


@pytest.mark.torture
@pytest.mark.parametrize("number", range(20))
def test_after_twenty_kills_each_run_is_sent_once_but_for_those_in_flight(tmp_path, upstream, number):
    check_a_kill(tmp_path, upstream, random.Random(f"experiment-{SEED}-{number}").randint(25, RUNS - 25))
