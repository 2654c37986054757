"""The budget holds: a request reserves its worst case before it leaves."""

from decimal import Decimal

import pytest

from llm.types import Budget, PlaygroundError, Status
from tests.playground import wait_until
from tests.upstream import Answer

ONE_REPLY = Decimal("0.0003")  # more than the worst case of a short prompt with max_tokens=400 to gpt-4o-mini


def ask(playground, conversation_id=None, prompt="你好", model="gpt-4o-mini", max_tokens=400):
    return playground.send(prompt, conversation_id, playground.settings(model, max_tokens=max_tokens))


def spent(playground, conversation_id):
    return playground.store.conversations.spent(conversation_id).cost


@pytest.mark.parametrize("cap", ["conversation", "day", "month"])
def test_nothing_is_sent_once_a_cap_is_used_up(playground, upstream, cap):
    upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})  # $0.00045
    live = ask(playground)
    playground.stored(live)
    playground.prefer(budget=Budget(**{cap: Decimal("0.0004")}))
    with pytest.raises(PlaygroundError, match=r"Nothing is left of .* budget of \$0\.0004; raise it under Limits"):
        ask(playground, live.conversation_id)
    assert len(upstream.requests) == 1
    assert len(playground.store.messages.path(live.conversation_id)) == 2


def test_a_conversation_cap_is_each_conversations_own(playground, upstream):
    upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})
    playground.prefer(budget=Budget(conversation=Decimal("0.0004")))
    playground.stored(ask(playground))
    assert playground.stored(ask(playground)).reply.status is Status.COMPLETE


def test_a_request_that_may_cost_more_than_is_left_does_not_leave(playground, upstream):
    playground.prefer(budget=Budget(day=Decimal("0.0002")))
    reply = playground.stored(ask(playground, max_tokens=None)).reply
    assert (reply.status, reply.requests, upstream.requests) == (Status.FAILED, 0, [])
    assert "$0.0002 of today's budget of $0.0002 is left" in reply.failure.sentence
    affordable = int(reply.failure.sentence.partition("set Max tokens to ")[2].partition(" or less")[0])
    assert playground.stored(ask(playground, max_tokens=affordable)).reply.status is Status.COMPLETE


@pytest.mark.parametrize(
    "usage",
    [None, {"prompt_tokens": 10**9, "completion_tokens": 10**9}, {"prompt_tokens": 12, "completion_tokens": 390}],
)
def test_twenty_at_once_spend_no_more_than_the_cap(playground, upstream, usage):
    cap = ONE_REPLY * 5
    playground.prefer(budget=Budget(day=cap))
    upstream.answer = Answer(chunks=("word ",) * 300, usage=usage, hold_after=10)
    lives = [ask(playground) for _ in range(20)]
    wait_until(lambda: sum(live.live for live in lives) == len(upstream.requests) > 0, 20)
    upstream.release()
    replies = [playground.stored(live).reply for live in lives]
    total = sum(reply.cost.amount for reply in replies if reply.cost.amount)
    assert 4 <= len(upstream.requests) < 20
    assert total <= cap
    refused = [reply for reply in replies if reply.status is Status.FAILED]
    assert len(refused) == 20 - len(upstream.requests)


def test_what_was_reserved_is_free_again_after_the_reply(playground, upstream):
    playground.prefer(budget=Budget(day=ONE_REPLY))
    upstream.answer = Answer(usage={"prompt_tokens": 9, "completion_tokens": 3}, hold_after=0)
    live = ask(playground)
    wait_until(lambda: upstream.requests)
    cap = playground.ledger.caps(None)[0]
    assert cap.reserved > 0
    upstream.release()
    playground.stored(live)
    wait_until(lambda: playground.ledger.caps(None)[0].reserved == 0)
    assert playground.ledger.caps(None)[0].spent == round(spent(playground, live.conversation_id), 6) > 0


def test_retries_reserve_once(playground, upstream):
    playground.prefer(budget=Budget(day=ONE_REPLY))
    refused = Answer(status=503, body=b"{}", headers={"retry-after-ms": "1"})
    upstream.script = [refused, refused]
    assert playground.stored(ask(playground)).reply.status is Status.COMPLETE


def test_a_model_without_a_known_price_is_not_held(playground, upstream):
    playground.prefer(budget=Budget(day=Decimal(0), month=Decimal(0), conversation=Decimal(0)))
    assert playground.stored(ask(playground, model="house-model")).reply.status is Status.COMPLETE


def test_without_caps_nothing_is_asked_of_the_store(playground):
    assert playground.ledger.caps("any") == ()


def test_what_deleted_conversations_cost_still_counts(playground, upstream):
    upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})
    live = ask(playground)
    playground.stored(live)
    cost = spent(playground, live.conversation_id)
    playground.prefer(budget=Budget(day=Decimal(1), conversation=Decimal(1)))
    playground.store.conversations.delete(live.conversation_id)
    caps = {cap.name: cap.spent for cap in playground.ledger.caps(live.conversation_id)}
    assert caps["day"] == round(cost, 6) > 0
