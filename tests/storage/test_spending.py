"""What has been spent: in a conversation, since a day and since a month began."""

import statistics
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from llm.types import Cost, Provenance, Spending, Usage
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome, say, say_again
from tests.torture import FIGURES

MONTH = datetime(2026, 11, 1, tzinfo=UTC)
DAY = datetime(2026, 11, 21, tzinfo=UTC)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
FUTURE = datetime(9999, 1, 1, tzinfo=UTC)


def began_at(store, turn, moment):
    with store._file.write() as database:
        started = moment.astimezone(UTC).isoformat(timespec="microseconds")
        database.execute("UPDATE replies SET started_at = ? WHERE id = ?", (started, turn.reply_id))


def paid(store, cost, moment=DAY, conversation_id=None):
    turn = say(store, "多少钱?", conversation_id=conversation_id, end=outcome(cost=cost))
    began_at(store, turn, moment)
    return turn


def test_nothing_is_spent_at_first(store):
    assert store.replies.spending(None, DAY, MONTH) == Spending()
    assert store.replies.spending("没有", DAY, MONTH) == Spending()


def test_a_day_and_a_month_count_from_their_first_moment_on_whatever_the_time_zone(store):
    beijing = timezone(timedelta(hours=8))
    day, month = datetime(2026, 11, 21, tzinfo=beijing), datetime(2026, 11, 1, tzinfo=beijing)
    before = paid(store, "100", month - timedelta(microseconds=1))
    for cost, moment in [("10", month), ("20", day - timedelta(microseconds=1)), ("1", day), ("2", day)]:
        paid(store, cost, moment)
    assert store.replies.spending(before.conversation_id, day, month) == Spending(Decimal(100), Decimal(3), Decimal(33))
    assert store.replies.spending(None, day, month).conversation == 0


def test_every_branch_and_every_request_of_a_conversation_counts_to_the_last_digit(store):
    tiny = "0.000000000000000000000000000000000001"
    turn = paid(store, "1000000.5")
    say_again(store, turn)
    further = store.replies.begin_continuation(paid(store, tiny, DAY, turn.conversation_id).reply_id, SETTINGS)
    store.replies.finish(further.reply_id, "好", "", outcome(cost="0.1"))
    spent = store.replies.spending(turn.conversation_id, LONG_AGO, LONG_AGO)
    assert spent.conversation == Decimal("1000000.850000000000000000000000000000000001")
    assert spent.day == spent.month == Decimal("1000000.85")


def test_a_cost_that_is_not_known_adds_nothing(store):
    turn = say(store, "?", end=outcome(cost=None, provenance=Provenance.UNPRICED))
    assert store.replies.spending(turn.conversation_id, LONG_AGO, LONG_AGO) == Spending()


def test_a_reply_counts_once_it_has_ended_wherever_it_is_counted(store):
    turn = paid(store, "1", LONG_AGO)
    streaming = store.replies.begin(turn.conversation_id, "慢", "t", SETTINGS)
    store.replies.save_partial(streaming.reply_id, "半", "", (Usage(1, 2), Cost(Decimal("0.02"), Provenance.ESTIMATED)))
    assert store.replies.spending(turn.conversation_id, MONTH, LONG_AGO) == Spending(Decimal(1), Decimal(0), Decimal(1))
    later = say(store, "快", end=outcome(cost="5"))
    assert store.replies.spending(later.conversation_id, MONTH, LONG_AGO) == Spending(*map(Decimal, (5, 5, 6)))
    store.replies.finish(streaming.reply_id, "好", "", outcome(cost="0.03"))
    total = Spending(Decimal("1.03"), Decimal("5.03"), Decimal("6.03"))
    assert store.replies.spending(turn.conversation_id, MONTH, LONG_AGO) == total


def test_what_ends_late_counts_in_its_conversation_whatever_was_asked_meanwhile(store):
    turn = paid(store, "1")
    streaming = store.replies.begin(turn.conversation_id, "慢", "t", SETTINGS)
    elsewhere = paid(store, "5")
    for spent in (store.conversations.spent(turn.conversation_id), store.conversations.spent(turn.conversation_id)):
        assert (spent.cost, spent.replies) == (Decimal(1), 1)
    assert store.conversations.spent(elsewhere.conversation_id).cost == 5
    store.replies.finish(streaming.reply_id, "好", "", outcome(cost="0.03"))
    paid(store, "0.2", conversation_id=turn.conversation_id)
    for _ in range(2):
        spent = store.conversations.spent(turn.conversation_id)
        assert (spent.cost, spent.replies, spent.usage.input_tokens) == (Decimal("1.23"), 3, 30)
    assert store.replies.spending(turn.conversation_id, DAY, MONTH).conversation == Decimal("1.23")


def test_what_a_killed_process_left_counts_with_its_estimate(store):
    turn = store.replies.begin(None, "慢", "t", SETTINGS)
    store.replies.save_partial(turn.reply_id, "半", "", (Usage(1, 2), Cost(Decimal("0.02"), Provenance.ESTIMATED)))
    store.replies.interrupt_streaming()
    expected = Spending(*[Decimal("0.02")] * 3)
    assert store.replies.spending(turn.conversation_id, LONG_AGO, LONG_AGO) == expected


def test_what_was_spent_in_a_purged_conversation_was_spent(store):
    turn = paid(store, "2.5")
    store.conversations.delete(turn.conversation_id)
    store.conversations.purge_deleted(timedelta(0))
    assert store.replies.spending(turn.conversation_id, DAY, MONTH) == Spending(
        Decimal(0), Decimal("2.5"), Decimal("2.5")
    )


def test_costs_of_many_small_replies_add_up_to_a_millionth(store):
    with store._file.write() as database:
        columns = {
            "connection": "",
            "model": "",
            "status": "complete",
            "started_at": "2026-11-21T12:00:00.000000+00:00",
        }
        rows = ({"id": str(number), "cost": "0.000012"} | columns for number in range(10_000))
        database.table("replies").insert_all(rows)
    assert store.replies.spending(None, DAY, MONTH) == Spending(Decimal(0), Decimal("0.12"), Decimal("0.12"))


def test_two_programs_on_one_file_see_each_others_spending(store, tmp_path):
    store.replies.spending(None, LONG_AGO, LONG_AGO)
    with closing(Store(tmp_path / "playground.db")) as other:
        paid(other, "4")
        paid(store, "3")
        assert other.replies.spending(None, DAY, MONTH).day == 7
    assert store.replies.spending(None, LONG_AGO, LONG_AGO).day == 7


@pytest.mark.torture
def test_a_month_of_two_hundred_thousand_replies_is_summed_at_once(store):
    with store._file.write() as database:
        rows = (
            (str(n), f"2026-11-{1 + n % 21:02d}T12:00:{n % 60:02d}.{n % 10**6:06d}+00:00", "0.000123", "想" * 200)
            for n in range(200_000)
        )
        query = "INSERT INTO replies (id, connection, model, status, started_at, cost, reasoning)"
        database.conn.executemany(f"{query} VALUES (?, '', '', 'complete', ?, ?, ?)", rows)
    assert store.replies.spending(None, DAY, MONTH).month == Decimal("24.6")
    paid(store, "1")
    seconds = []
    for _ in range(20):
        started = time.perf_counter()
        assert store.replies.spending(None, DAY, MONTH).month == Decimal("25.6")
        seconds.append(time.perf_counter() - started)
    FIGURES["spending of a month of 200,000 replies, ms"] = round(statistics.median(seconds) * 1000, 2)
    assert statistics.median(seconds) < 0.05
