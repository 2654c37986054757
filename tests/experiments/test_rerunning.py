"""Reruns: each turn once, on the original history or on its own replies; nothing overwritten, none lost."""

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from experiments.running.phase import Phase
from llm.types import Budget, PlaygroundError, Status
from storage.chats.history import FEW
from storage.errors import NothingToRerun, TurnAnswered
from storage.experiments.rerun_records import Way
from storage.store import Store
from tests.playground import Playground, wait_until
from tests.storage.samples import say
from tests.upstream import Answer

ROOT = Path(__file__).parents[2]
PROMPTS = ("第一问", "Second?", "第三问")
REFUSED = Answer(status=401, body=b'{"error": {"message": "bad key"}}')


@pytest.fixture
def lab(playground, upstream):
    return Lab(playground, upstream)


class Lab:
    """A conversation of three turns, and its reruns."""

    def __init__(self, playground, upstream, prompts=PROMPTS):
        self.playground, self.store, self.upstream = playground, playground.store, upstream
        self.reruns = playground.reruns
        upstream.script = [Answer(chunks=(f"旧{n}",)) for n in range(len(prompts))]
        self.conversation = None
        for prompt in prompts:
            live = playground.send(prompt, self.conversation)
            self.conversation = live.conversation_id
            wait_until(lambda live=live: not live.live)
        upstream.requests.clear()

    def start(self, way=Way.OWN, model="gpt-4o-mini", **parameters):
        return self.reruns.start(self.conversation, way, self.playground.settings(model, **parameters))

    def run(self, way=Way.OWN, **settings):
        """A rerun, once it has ended."""
        return self.ended(self.start(way, **settings))

    def ended(self, rerun_id):
        wait_until(lambda: self.reruns.find(rerun_id) is None, 30)
        return rerun_id

    def phase(self, rerun_id):
        return self.reruns.phase(self.store.reruns.get(rerun_id))

    def progress(self, rerun_id):
        return self.reruns.progress(self.store.reruns.get(rerun_id))

    def turns(self, rerun_id):
        """The texts of each turn's new reply, None where there is none."""
        turns = self.store.reruns.turns(rerun_id)
        messages = self.store.messages.of(turn.message_id for turn in turns if turn.message_id)
        return [messages[turn.message_id].text if turn.message_id else None for turn in turns]

    def statuses(self, rerun_id):
        return [turn.status for turn in self.store.reruns.turns(rerun_id)]

    def sent(self):
        """The texts of the messages of each request."""
        return [[message["content"] for message in request["messages"]] for request in self.upstream.requests]

    def open_branch(self):
        return [message.text for message in self.store.messages.path(self.conversation)]


def test_on_its_own_replies_each_turn_builds_on_what_the_new_model_said(lab):
    lab.upstream.script = [Answer(chunks=(f"新{n}",)) for n in range(3)]
    rerun_id = lab.run(Way.OWN, temperature=0.5)
    assert lab.sent() == [
        ["第一问"],
        ["第一问", "新0", "Second?"],
        ["第一问", "新0", "Second?", "新1", "第三问"],
    ]
    assert {(r["model"], r["temperature"]) for r in lab.upstream.requests} == {("gpt-4o-mini", 0.5)}
    assert lab.phase(rerun_id) is Phase.DONE
    assert lab.turns(rerun_id) == ["新0", "新1", "新2"]
    newest = lab.store.reruns.turns(rerun_id)[-1].message_id
    branch = list(reversed(lab.store.messages.context(newest)))[::-1]
    assert [message.content for _, message in branch] == ["第一问", "新0", "Second?", "新1", "第三问", "新2"]


def test_on_the_original_history_each_new_reply_stands_beside_the_original_one(lab):
    rerun_id = lab.run(Way.ORIGINAL)
    assert sorted(lab.sent()) == sorted(
        [["第一问"], ["第一问", "旧0", "Second?"], ["第一问", "旧0", "Second?", "旧1", "第三问"]]
    )
    for turn in lab.store.reruns.turns(rerun_id):
        messages = lab.store.messages.of([turn.prompt_id, turn.original_id, turn.message_id])
        original, new = messages[turn.original_id], messages[turn.message_id]
        assert original.parent_id == new.parent_id == turn.prompt_id
        assert (original.siblings, new.sibling) == (2, 2)


@pytest.mark.parametrize("way", Way)
def test_the_originals_stay_as_they_are_and_open_and_so_do_the_settings(lab, way):
    before, settings = lab.open_branch(), lab.store.conversations.get(lab.conversation).settings
    rerun_id = lab.run(way)
    assert lab.open_branch() == before == ["第一问", "旧0", "Second?", "旧1", "第三问", "旧2"]
    assert lab.store.conversations.get(lab.conversation).settings == settings
    assert lab.store.replies.last_model(lab.playground.name) == "house-model"
    sums = lab.store.reruns.sums(rerun_id)
    assert (sums.turns, sums.original.replies, sums.new.replies) == (3, 3, 3)
    assert sums.new.cost > 0
    assert lab.progress(rerun_id).spent.cost == sums.new.cost
    assert lab.store.conversations.spent(lab.conversation).replies == 6
    assert [rerun.answered for rerun in lab.store.reruns.of(lab.conversation)] == [3]


def test_the_conversation_goes_on_while_it_is_reran(lab):
    lab.upstream.script = [Answer(chunks=("新",), hold_after=1)]
    rerun_id = lab.start()
    wait_until(lambda: lab.turns(rerun_id)[0] is not None and len(lab.upstream.requests) == 1)
    live = lab.playground.send("还有一问", lab.conversation)
    wait_until(lambda: not live.live)
    assert lab.open_branch()[-2:] == ["还有一问", "Hello from upstream."]
    lab.upstream.release()
    lab.ended(rerun_id)
    assert lab.phase(rerun_id) is Phase.DONE
    assert lab.open_branch()[-2:] == ["还有一问", "Hello from upstream."]
    assert len(lab.turns(rerun_id)) == 3


def test_while_a_reply_of_the_chat_streams_no_rerun_begins(lab):
    lab.upstream.answer = Answer(hold_after=1)
    live = lab.playground.send("慢", lab.conversation)
    with pytest.raises(PlaygroundError, match="still streaming"):
        lab.start()
    assert lab.store.reruns.of(lab.conversation) == []
    lab.upstream.release()
    wait_until(lambda: not live.live)


def test_what_cannot_be_sent_is_said_before_anything_is_stored(lab):
    with pytest.raises(PlaygroundError, match="Choose a model"):
        lab.start(model="")
    with pytest.raises(PlaygroundError):
        lab.start(temperature=9.0)
    with lab.store._file.write() as database:
        database.execute("UPDATE conversations SET leaf_id = NULL")
    with pytest.raises(NothingToRerun):
        lab.start()
    assert lab.store.reruns.of(lab.conversation) == []


@pytest.mark.parametrize("way", Way)
def test_stop_keeps_what_arrived_and_resume_sends_only_what_is_left(lab, way):
    lab.upstream.script = [Answer(chunks=("新0",)), Answer(chunks=("一半", "完"), hold_after=1)]
    lab.upstream.answer = Answer(chunks=("新",), hold_after=1)
    rerun_id = lab.start(way)
    wait_until(lambda: lab.progress(rerun_id).done == 1 and len(lab.upstream.requests) >= 2)
    lab.reruns.stop(rerun_id)
    lab.ended(rerun_id)
    assert lab.phase(rerun_id) is Phase.CANCELLED
    assert Status.STOPPED in lab.statuses(rerun_id)
    done = lab.statuses(rerun_id).count(Status.COMPLETE)
    assert lab.progress(rerun_id).left == 3 - done
    lab.upstream.release()
    lab.upstream.requests.clear()
    lab.reruns.resume(rerun_id)
    lab.ended(rerun_id)
    assert len(lab.upstream.requests) == 3 - done
    assert lab.statuses(rerun_id) == [Status.COMPLETE] * 3
    assert lab.phase(rerun_id) is Phase.DONE


def test_a_turn_reads_no_more_of_what_was_said_than_is_sent(lab):
    for n in range(FEW):
        say(lab.store, f"第{n}问", "短", lab.conversation)
    turns = len(PROMPTS) + FEW
    lab.upstream.answer = Answer(chunks=("长" * 500,))
    read = []
    with lab.store._file.read() as reader:
        reader.set_trace_callback(read.append)
    lab.run(Way.OWN, context_limit=200)
    with lab.store._file.read() as reader:
        reader.set_trace_callback(None)
    assert [len(sent) for sent in lab.sent()] == [1] * turns
    reads = [query for query in read if "LIMIT" in query and "m.text" in query]
    assert len(reads) == 2 * turns  # to hold what it may cost, and to send it


def test_a_failed_turn_pauses_a_rerun_on_its_own_replies_and_can_be_sent_again(lab):
    lab.upstream.script = [Answer(chunks=("新0",)), REFUSED]
    rerun_id = lab.run(Way.OWN)
    assert lab.phase(rerun_id) is Phase.PAUSED
    assert lab.reruns.trouble(rerun_id).startswith("Turn 2: ")
    assert lab.statuses(rerun_id) == [Status.COMPLETE, Status.FAILED, None]
    lab.upstream.requests.clear()
    lab.reruns.retry(rerun_id)
    lab.ended(rerun_id)
    assert [request[-1] for request in lab.sent()] == ["Second?", "第三问"]
    assert lab.phase(rerun_id) is Phase.DONE
    assert lab.reruns.trouble(rerun_id) == ""


def test_one_can_go_on_without_a_failed_turn(lab):
    lab.upstream.script = [Answer(chunks=("新0",)), REFUSED]
    rerun_id = lab.run(Way.OWN)
    lab.upstream.requests.clear()
    lab.reruns.resume(rerun_id)
    lab.ended(rerun_id)
    assert lab.sent() == [["第一问", "新0", "Second?", "第三问"]]
    assert lab.statuses(rerun_id) == [Status.COMPLETE, Status.FAILED, Status.COMPLETE]
    assert lab.progress(rerun_id).failed == 1
    lab.upstream.requests.clear()
    lab.reruns.retry(rerun_id)  # others were built upon it: it is not sent again
    lab.ended(rerun_id)
    assert lab.upstream.requests == []


def test_on_the_original_history_a_failed_turn_keeps_no_other_from_being_sent(lab):
    lab.upstream.script = [Answer(status=400, body=b'{"error": {"message": "no"}}')]
    rerun_id = lab.run(Way.ORIGINAL)
    assert sorted(lab.statuses(rerun_id)) == [Status.COMPLETE, Status.COMPLETE, Status.FAILED]
    lab.upstream.requests.clear()
    lab.reruns.retry(rerun_id)
    lab.ended(rerun_id)
    assert len(lab.upstream.requests) == 1
    assert lab.statuses(rerun_id) == [Status.COMPLETE] * 3


@pytest.mark.parametrize("way", Way)
def test_at_the_end_of_the_budget_it_pauses_with_one_sentence(lab, way):
    spent = lab.store.conversations.spent(lab.conversation).cost
    lab.playground.prefer(budget=Budget(conversation=spent + Decimal("0.000001")))
    rerun_id = lab.run(way)
    assert lab.phase(rerun_id) is Phase.PAUSED
    assert "budget" in lab.reruns.trouble(rerun_id)
    assert lab.statuses(rerun_id).count(Status.COMPLETE) == 1
    assert Status.FAILED not in lab.statuses(rerun_id)
    lab.playground.prefer()
    lab.reruns.resume(rerun_id)
    lab.ended(rerun_id)
    assert lab.statuses(rerun_id) == [Status.COMPLETE] * 3
    assert len(lab.upstream.requests) == 3


def test_a_rerun_runs_once_however_many_tabs_start_it(lab):
    lab.upstream.answer = Answer(hold_after=1)
    rerun_id = lab.start()
    for again in (lab.reruns.resume, lab.reruns.retry):
        with pytest.raises(PlaygroundError, match="running already"):
            again(rerun_id)
    lab.upstream.release()
    lab.ended(rerun_id)
    assert Counter(request[-1] for request in lab.sent()) == dict.fromkeys(PROMPTS, 1)
    with pytest.raises(TurnAnswered):
        lab.store.reruns.begin(rerun_id, 0)


def test_a_deleted_conversation_ends_its_rerun(lab):
    lab.upstream.answer = Answer(hold_after=1)
    rerun_id = lab.start()
    wait_until(lambda: len(lab.upstream.requests) == 1)
    lab.reruns.stop_in(lab.conversation)
    lab.store.conversations.delete(lab.conversation)
    lab.ended(rerun_id)
    assert lab.store.reruns.get(rerun_id) is None
    with pytest.raises(PlaygroundError, match="no longer here"):
        lab.reruns.resume(rerun_id)
    assert len(lab.upstream.requests) == 1


def test_while_the_playground_closes_it_says_so_and_the_rerun_stays(lab):
    rerun_id = lab.run()
    lab.reruns.close()
    with pytest.raises(PlaygroundError, match="closing"):
        lab.reruns.resume(rerun_id)
    assert lab.phase(rerun_id) is Phase.DONE


@pytest.mark.parametrize("way", Way)
def test_after_a_kill_it_is_interrupted_and_what_is_finished_is_never_sent_again(tmp_path, upstream, way):
    prompts = tuple(f"第{n}问" for n in range(12))
    playground = Playground(Store(tmp_path / "playground.db"), upstream, tmp_path)
    lab = Lab(playground, upstream, prompts)
    upstream.answer = Answer(chunks=("你", "好"), delay=0.02)
    command = [
        sys.executable,
        "-m",
        "tests.experiments.rerun_survivor",
        str(tmp_path),
        upstream.base_url,
        lab.conversation,
    ]
    process = subprocess.Popen([*command, way], cwd=ROOT)
    try:
        wait_until(lambda: len(upstream.requests) >= 7, 60)
    finally:
        process.kill()
        process.wait()
    [rerun] = lab.store.reruns.of(lab.conversation)
    statuses = lab.statuses(rerun.id)
    assert 0 < statuses.count(Status.COMPLETE) < len(prompts)
    in_flight = statuses.count(Status.STREAMING)
    lab.store.replies.interrupt_streaming()
    assert lab.phase(rerun.id) is Phase.INTERRUPTED
    lab.reruns.resume(rerun.id)
    lab.ended(rerun.id)
    assert lab.turns(rerun.id) == ["你好"] * len(prompts)
    asked = Counter(request[-1] for request in lab.sent())
    assert set(asked) == set(prompts)
    assert sum(asked.values()) <= len(prompts) + in_flight
    playground.close()
    lab.store.close()
