"""The parts that measure, once each, with a real playground and a real browser."""

import pytest

from benchmarks.bench import opened_bench
from benchmarks.processes import memory_mb
from benchmarks.scenarios import compare, experiment
from benchmarks.stored import mock_settings, store_conversations
from benchmarks.stored_runs import store_runs


@pytest.fixture(scope="module")
def bench():
    with opened_bench(turns=1) as bench:
        yield bench


@pytest.fixture(scope="module")
def stored(bench):
    """A folder of data with a conversation of four messages, and that conversation."""
    folder = bench.new_folder()
    [conversation] = store_conversations(folder, [4], mock_settings(bench.mock.url))
    return folder, conversation


@pytest.fixture(scope="module")
def playground(bench, stored):
    with bench.playground(stored[0]) as server:
        yield server


def test_a_turn_has_its_moments_in_their_order(bench, playground):
    with bench.chat(playground) as chat, chat.cpu() as cpu:
        turn = chat.turn(30, 100, markdown=True)
    assert turn.sent < turn.arrived < turn.first_left < turn.last_left
    assert turn.first_left - 1 < turn.first_visible <= turn.last_visible  # the page's clock has whole milliseconds
    assert turn.added < turn.first_visible - turn.sent
    assert 0 < turn.longest_stall <= turn.last_visible - turn.first_visible
    assert cpu.server > 0
    assert cpu.browser > 0


def test_a_stored_conversation_is_seen_to_open(bench, playground, stored):
    _, conversation = stored
    with bench.visitor() as visitor:
        chat = bench.page(visitor, playground)
        chat.open(conversation.path, conversation.mark)
        assert chat.seen()["complete"]
        assert chat.page.locator("[data-testid=stChatMessage]").count() == 4
        chat.begin_anew()
        chat.watch_mark(conversation.mark)
        chat.page.locator(f".st-key-open_{conversation.id} button").click()
        seen = chat.seen()
    assert 0 < seen["began"] <= seen["complete"]


def test_typing_and_sliding_are_timed(bench, playground):
    with bench.chat(playground) as chat:
        assert chat.timed("nextCharacter", lambda: chat.page.locator(".st-key-prompt textarea").press("x")) > 0
        slider = chat.page.locator(".st-key-temperature").get_by_role("slider")
        runs = [chat.timed("nextRun", lambda: slider.press("ArrowRight")) for _ in range(3)]
        assert any(run is not None and run > 0 for run in runs)


def test_memory_is_read(playground):
    assert memory_mb(playground.processes()) > 10


def test_an_experiment_is_seen_to_open_and_to_be_filtered(bench, stored, playground):
    runs = store_runs(stored[0], rows=1, repetitions=1, settings=mock_settings(bench.mock.url))
    assert (runs.runs, runs.marked) == (20, 1)
    with bench.chat(playground) as chat:
        assert all(seconds > 0 for seconds in experiment.opened(chat, runs).values())


def test_columns_are_seen_to_grow_and_to_stop(bench, playground):
    with bench.chat(playground) as chat:
        sample = compare.compared(chat, columns=4, tokens=100)
    assert all(value > 0 for value in sample.values())
