"""A recorded reply plays as it came, from its record alone: nothing is sent, nothing is stored, no total moves."""

import sqlite3
import time
from decimal import Decimal

import pytest

from llm.replies.recorded import AT_ONCE, Clock, Playbacks, Recorded
from llm.replies.recording import Recording, recordings_of
from llm.types import Cost, Provenance, Spent, Timing, UnitPrices, Usage
from tests.playground import wait_until
from tests.upstream import Answer

CHUNKS = ("天空", "是蓝的", "，因为", "散射。")
ROUNDED = 0.001  # seconds: times are kept to the millisecond
PRICES = UnitPrices(Decimal("1"), None, Decimal("2"), "2026-11-21", "genai-prices")
RECORDING = Recording(
    "天空是蓝的。",
    "想一想",
    Timing(0.5, 2.5, (0.5, 1.5, 2.5), (3, 5, 9)),
    Usage(1000, 100),
    Cost(Decimal("0.0012"), Provenance.REPORTED, PRICES),
    True,
)


@pytest.fixture
def playbacks(playground):
    return Playbacks(playground.store.replies, playground.runner)


def recorded_reply(playground, upstream, delay=0.05, **more):
    """A stored message whose chunks came at this distance, in seconds."""
    upstream.answer = Answer(chunks=CHUNKS, delay=delay, **more)
    return playground.answer("为什么天是蓝的？", model="gpt-4o-mini")


def came(playground, message):
    """The seconds after which a reply had so many characters."""
    timing = playground.store.replies.chunk_times(message.reply.id)
    return dict(zip(timing.chunk_ends, timing.chunk_times, strict=True))


def watched(play):
    """What plays, once it has ended, and when it was seen to have how many characters, in seconds since it began."""
    begun, grown, length = time.monotonic(), {}, 0
    recorded = play()
    live = True
    while live:
        live = recorded.live  # read before the text, so that no text comes after the end
        if recorded.length > length:
            length = recorded.length
            grown[length] = time.monotonic() - begun
        time.sleep(0.001)
    return recorded, grown


def test_a_reply_plays_at_the_speed_at_which_it_came_and_then_says_its_own_figures(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream, 0.1)
    [reply], times = message.replies, came(playground, message)
    recorded, shown = watched(lambda: playbacks.play(playground.conversation, message))
    assert len(times) == len(CHUNKS)
    assert all(seen >= times[length] - ROUNDED for length, seen in shown.items())  # never before its time
    assert recorded.text == message.text == "".join(CHUNKS)
    assert (recorded.figures.usage, recorded.figures.cost.amount) == (reply.reported, reply.cost.amount)
    assert recorded.figures.reported
    assert recorded.figures.first_token == reply.timing.first_token
    wait_until(lambda: playbacks.find(recorded.id) is None)


def test_a_reply_plays_piece_by_piece(playground):
    passed = [0.0]
    recorded = Recorded("c", 1, "", [RECORDING], Clock(1, lambda: passed[0]))
    played = playground.runner.submit(recorded.play())
    timing = RECORDING.timing
    for moment, end in zip(timing.chunk_times, timing.chunk_ends, strict=True):
        assert recorded.length < end
        passed[0] = moment
        recorded.clock.turn(1)
        wait_until(lambda end=end: recorded.length >= end)
        assert recorded.length == end
    played.result(10)
    assert recorded.text == RECORDING.text
    assert not recorded.live


def test_at_another_pace_the_times_are_divided_and_the_pace_may_change_meanwhile(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream, 0.1)
    times = came(playground, message)
    _, shown = watched(lambda: playbacks.play(playground.conversation, message, 2))
    assert all(seen >= times[length] / 2 - ROUNDED for length, seen in shown.items())
    recorded = playbacks.play(playground.conversation, message, 0.001)  # would take minutes
    recorded.clock.turn(AT_ONCE)
    wait_until(lambda: not recorded.live)
    assert recorded.text == message.text


def test_a_stopped_playback_ends_and_the_record_stays(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream)
    recorded = playbacks.play(playground.conversation, message, 0.001)
    assert playbacks.find(recorded.id) is recorded
    assert recorded.notice
    playbacks.stop(recorded.id)
    assert not recorded.live
    wait_until(lambda: playbacks.find(recorded.id) is None)
    playbacks.stop(recorded.id)
    assert playground.store.messages.find(message.id) == message


def test_a_playback_sends_nothing_stores_nothing_and_spends_nothing(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream)
    conversation, newest = playground.conversation, playground.store.replies.newest()
    spent, said = playground.store.conversations.spent(conversation), len(upstream.requests)
    watched(lambda: playbacks.play(conversation, message, AT_ONCE))
    assert len(upstream.requests) == said
    assert playground.store.replies.newest() == newest
    assert playground.store.conversations.spent(conversation) == spent
    assert playground.turns.live_in(conversation) is None


def test_a_continued_reply_plays_whole(playground, playbacks, upstream):
    upstream.script = [Answer(chunks=("一半",), finish_reason="length"), Answer(chunks=("又", "一半"))]
    message = playground.go_on(playground.answer("go"))
    recorded = playbacks.play(playground.conversation, message, AT_ONCE)
    wait_until(lambda: not recorded.live)
    assert recorded.text == message.text == "一半又一半"
    assert recorded.figures.usage == Usage(*(2 * count for count in (1237, 311)))


def test_what_plays_ends_with_its_conversation_and_with_the_playground(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream)
    here, there = (playbacks.play(name, message, 0.001) for name in (playground.conversation, "another"))
    playbacks.stop_in(playground.conversation)
    assert (here.live, there.live) == (False, True)
    playbacks.close()
    assert not there.live
    assert playbacks.find(there.id) is None


def test_times_that_make_no_sense_lose_no_character(playground, playbacks, upstream):
    message = recorded_reply(playground, upstream)
    with sqlite3.connect(playground.folder / "playground.db") as connection:
        connection.execute("UPDATE replies SET chunk_times = '[[900,-800,5,7],[5,-4,99]]'")
    recorded, _ = watched(lambda: playbacks.play(playground.conversation, message, 100))
    assert recorded.text == message.text


def test_what_nobody_took_the_time_of_is_not_played(playground, playbacks):
    turn = playground.store.replies.begin(None, "问", "标题", playground.settings())
    playground.store.replies.save_partial(turn.reply_id, "一半", "")
    playground.store.replies.interrupt_streaming()
    message = playground.store.messages.path(turn.conversation_id)[-1]
    assert playbacks.play(turn.conversation_id, message) is None
    assert recordings_of(playground.store.messages.path(turn.conversation_id)[0], lambda _: Timing()) == []


def test_thoughts_come_before_the_words():
    pieces = [RECORDING.piece(start, end) for start, end in ((0, 3), (3, 5), (5, 9))]
    assert pieces == [("", "想一想"), ("天空", ""), ("是蓝的。", "")]


def test_the_figures_grow_with_the_text_as_estimates_until_the_last_word():
    figures = RECORDING.figures(0, Spent(), 0.1)
    assert (figures.usage, figures.first_token) == (Usage(1000, 0), None)
    figures = RECORDING.figures(5, Spent(), 1.5)
    assert (figures.usage.output_tokens, figures.reported) == (56, False)
    assert figures.cost.amount == Decimal("0.0012") - 44 * Decimal("0.000002")
    assert figures.cost.provenance is Provenance.ESTIMATED
    assert figures.tokens_per_second == 56
    figures = RECORDING.figures(9, Spent(), 0)
    assert (figures.usage, figures.cost.amount, figures.reported) == (Usage(1000, 100), Decimal("0.0012"), True)
    assert figures.tokens_per_second == 50
