"""The runs of experiments: each recorded as a reply is, linked as it begins, used for one repetition at most."""

from decimal import Decimal

import pytest

from llm.types import Provenance, Status, Usage
from storage.errors import ConversationBusy, ExperimentGone, RunRecorded
from storage.experiments.records import RunId
from tests.storage.samples import FAILED, SETTINGS, TIMING, outcome, run


@pytest.fixture
def experiment(store):
    return store.experiments.create("试", "{}")


def test_a_run_that_begins_is_linked_and_streams(store, experiment):
    turn = store.runs.begin(experiment, RunId("a", 0), "你好", SETTINGS)
    [begun] = store.runs.of(experiment)
    assert (begun.id, begun.reply_id, begun.status) == (RunId("a", 0), turn.reply_id, Status.STREAMING)
    assert (begun.conversation_id, begun.adopted, begun.cost, begun.timing) == (turn.conversation_id, False, None, None)
    with pytest.raises(ConversationBusy):
        store.runs.begin(experiment, RunId("a", 0), "你好", SETTINGS)


def test_a_run_is_read_with_all_its_figures(store, experiment):
    end = outcome(reported=Usage(11, 7, 3, 2), finish_reason="length", cost="0.5")
    run(store, experiment, "a", end=end)
    [ended] = store.runs.of(experiment)
    assert (ended.status, ended.finish_reason, ended.failure) == (Status.COMPLETE, "length", None)
    assert (ended.reported, ended.estimated, ended.usage) == (Usage(11, 7, 3, 2), Usage(10, 5), Usage(11, 7, 3, 2))
    assert (ended.cost.amount, ended.cost.provenance) == (Decimal("0.5"), Provenance.ESTIMATED)
    assert (ended.timing.first_token, ended.timing.duration) == (TIMING.first_token, TIMING.duration)


def test_a_whole_run_cannot_begin_again(store, experiment):
    run(store, experiment, "a")
    with pytest.raises(RunRecorded):
        store.runs.begin(experiment, RunId("a", 0), "你好", SETTINGS)


@pytest.mark.parametrize("status", [Status.FAILED, Status.INCOMPLETE, Status.STOPPED, Status.INTERRUPTED])
def test_a_run_that_is_not_whole_is_sent_again_beside_what_came_before(store, experiment, status):
    first = run(store, experiment, "a", reply="一半", end=outcome(status, failure=FAILED))
    again = run(store, experiment, "a", reply="全部")
    assert (again.conversation_id, again.prompt_id) == (first.conversation_id, first.prompt_id)
    assert again.reply_message_id != first.reply_message_id
    assert [(ended.status, ended.failure) for ended in store.runs.of(experiment)] == [(Status.COMPLETE, None)]
    assert store.runs.texts(experiment) == {RunId("a", 0): "全部"}
    assert store.runs.spent(experiment, judges=False).cost == Decimal("0.5")


def test_runs_come_in_the_order_of_their_newest_replies(store, experiment):
    run(store, experiment, "b", end=outcome(Status.FAILED, failure=FAILED))
    run(store, experiment, "a")
    run(store, experiment, "b")
    assert [ended.id.cell_id for ended in store.runs.of(experiment)] == ["a", "b"]


def test_the_runs_that_began_last_are_read_with_their_texts(store, experiment):
    for repetition in range(4):
        run(store, experiment, "a", repetition, reply=f"答{repetition}")
    streaming = store.runs.begin(experiment, RunId("b", 0), "问", SETTINGS)
    newest = store.runs.newest(experiment, 3)
    assert [(ended.reply_id == streaming.reply_id, text) for ended, text in newest] == [
        (True, ""),
        (False, "答3"),
        (False, "答2"),
    ]
    assert newest[1][0] == store.runs.of(experiment)[3]


def test_the_texts_of_one_cell_are_read_by_themselves(store, experiment):
    for cell, repetition in (("a", 0), ("a", 1), ("b", 0)):
        run(store, experiment, cell, repetition, reply=f"{cell}答{repetition}")
    assert store.runs.texts(experiment, "a") == {RunId("a", 0): "a答0", RunId("a", 1): "a答1"}
    assert len(store.runs.texts(experiment)) == 3


def test_texts_are_read_of_those_replies_alone_that_are_asked_for(store, experiment):
    for repetition in range(3):
        run(store, experiment, "a", repetition, reply=f"答{repetition}")
    first, _, last = (ended.reply_id for ended in store.runs.of(experiment))
    assert store.runs.texts_of([first, last, "没有"]) == {first: "答0", last: "答2"}
    assert store.runs.texts_of([]) == {}


def test_what_a_judge_says_stands_beside_the_run_and_its_cost_apart(store, experiment):
    run(store, experiment, "a", reply="巴黎", end=outcome(cost="0.25"))
    run(store, experiment, "a", judges=True, reply="Score: 5", end=outcome(cost="0.0625"))
    assert store.runs.texts(experiment) == {RunId("a", 0): "巴黎", RunId("a", 0, judges=True): "Score: 5"}
    assert store.runs.spent(experiment, judges=False).cost == Decimal("0.25")
    assert store.runs.spent(experiment, judges=True).cost == Decimal("0.0625")


def test_no_run_begins_in_an_experiment_that_is_not_there(store):
    with pytest.raises(ExperimentGone):
        store.runs.begin("没有", RunId("a", 0), "你好", SETTINGS)


def test_a_recorded_reply_is_used_for_one_repetition_at_most_and_not_paid_twice(store, experiment):
    for repetition in range(2):
        run(store, experiment, "a", repetition, reply=f"答{repetition}")
    run(store, experiment, "a", 2, end=outcome(Status.FAILED, failure=FAILED))
    run(store, experiment, "b", judges=True)
    assert store.runs.recorded(["a", "b", "没有"]) == {"a": 2}
    other = store.experiments.create("又", "{}")
    wanted = [RunId(cell, repetition) for repetition in range(5) for cell in "ab"]
    assert store.runs.adopt(other, wanted) == 2
    assert store.runs.adopt(other, wanted) == 0
    assert store.runs.texts(other) == {RunId("a", 0): "答0", RunId("a", 1): "答1"}
    assert all(ended.adopted for ended in store.runs.of(other))
    assert store.runs.spent(other, judges=False).replies == 0
    assert store.runs.recorded(["a"]) == {"a": 2}, "a reply counts once, in however many experiments it stands"


def test_runs_that_have_begun_are_not_replaced_by_recorded_ones(store, experiment):
    run(store, experiment, "a")
    other = store.experiments.create("又", "{}")
    run(store, other, "a", end=outcome(Status.FAILED, failure=FAILED))
    assert store.runs.adopt(other, [RunId("a", 0), RunId("a", 1)]) == 1
    assert {ended.id.repetition: ended.status for ended in store.runs.of(other)} == {
        0: Status.FAILED,
        1: Status.COMPLETE,
    }


@pytest.mark.parametrize("count", [1, 40])
def test_a_page_reads_any_number_of_runs_with_one_query_and_no_text(store, experiment, count):
    for repetition in range(count):
        run(store, experiment, "a", repetition)
    statements = []
    with store._file.read() as reader:
        reader.set_trace_callback(statements.append)
    assert len(store.runs.of(experiment)) == count
    [statement] = statements
    assert ".text" not in statement
    assert "reasoning FROM" not in statement
