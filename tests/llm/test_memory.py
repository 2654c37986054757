"""Nothing of a turn stays in memory once it is stored."""

import asyncio
import gc
from collections import Counter

from llm.models import tokens
from llm.replies.exchange import Exchange
from llm.replies.ledger import Reservation
from llm.replies.live import LiveReply
from llm.replies.reply_run import ReplyRun
from llm.wire.attempts import Attempts
from llm.wire.completions import Completion
from llm.wire.requests import Prepared
from tests.playground import wait_until
from tests.upstream import Answer

OF_A_TURN = (Attempts, Completion, Exchange, LiveReply, Prepared, ReplyRun, Reservation, asyncio.Event, asyncio.Task)


def counted():
    gc.collect()
    return Counter(type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, OF_A_TURN))


def a_turn(playground, upstream, number, conversation_id):
    """One that ends well, is stopped or fails, while a page observes it; the id of its conversation."""
    upstream.answer = [Answer(), Answer(hold_after=1), Answer(status=404, body=b"{}")][number % 3]
    live = playground.send(f"第 {number} 句", conversation_id)
    loop, changed = asyncio.new_event_loop(), asyncio.Event()
    live.subscribe(loop, changed)
    if number % 3 == 1:
        wait_until(lambda: live.length)
        playground.turns.stop(live.id)
    wait_until(lambda: not live.live)
    live.unsubscribe(loop, changed)
    loop.close()
    return live.conversation_id


def test_thirty_turns_leave_no_more_behind_than_three(playground, upstream):
    conversation = None
    for number in range(3):
        conversation = a_turn(playground, upstream, number, conversation)
    before = counted()
    for number in range(30):
        conversation = a_turn(playground, upstream, number, conversation)
    wait_until(lambda: not (counted() - before))
    assert len(playground.store.messages.path(conversation)) == 66


def test_counts_of_tokens_are_remembered_for_so_many_texts_at_most(monkeypatch):
    monkeypatch.setattr(tokens, "MOST_COUNTS", 5)
    tokenizer = tokens.tokenizer_for("house-model", False)
    assert [tokenizer.count(f"词{n}") for n in range(40)] == [tokenizer.count_afresh(f"词{n}") for n in range(40)]
    assert len(tokens._counts) <= 5
