"""The budget holds: a request reserves its worst case before it leaves."""

import contextlib
from decimal import Decimal

import pytest

from llm.replies.ledger import Ledger
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
    with pytest.raises(PlaygroundError, match=r"Nothing is left of .* budget of \$0\.0004: raise it under Limits"):
        ask(playground, live.conversation_id)
    assert len(upstream.requests) == 1
    assert len(playground.store.messages.path(live.conversation_id)) == 2


def test_a_conversation_cap_is_each_conversations_own(playground, upstream):
    upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})
    playground.prefer(budget=Budget(conversation=Decimal("0.0004")))
    playground.stored(ask(playground))
    assert playground.stored(ask(playground)).reply.status is Status.COMPLETE


ABSURD = (
    None,
    {"prompt_tokens": 0, "completion_tokens": 0},
    {"prompt_tokens": 120_000, "completion_tokens": 4},
    {"prompt_tokens": 10**9, "completion_tokens": 10**9},
    {"prompt_tokens": 12, "completion_tokens": 390},
)


@pytest.mark.parametrize("usage", ABSURD)
@pytest.mark.parametrize("max_tokens", [400, None])
def test_of_twenty_at_once_no_more_than_one_can_be_over_the_cap(playground, upstream, usage, max_tokens):
    cap = Decimal("0.0002")
    playground.prefer(budget=Budget(day=cap))
    upstream.answer = Answer(chunks=("word ",) * 300, usage=usage)
    dearest = Decimal(0)
    for _ in range(4):  # again and again, until nothing is left
        lives = []
        for _ in range(20):
            with contextlib.suppress(PlaygroundError):
                lives.append(ask(playground, max_tokens=max_tokens))
        replies = [playground.stored(live).reply for live in lives]
        dearest = max([dearest, *(reply.cost.amount for reply in replies if reply.cost.amount)])
    total = sum(spent(playground, chat.id) for chat in playground.store.conversations.recent(100))
    assert cap <= total <= cap + dearest
    assert len(upstream.requests) < 20
    with pytest.raises(PlaygroundError, match="Nothing is left of today's budget"):
        ask(playground)


def test_what_is_reserved_is_said_and_can_be_waited_for(playground, upstream):
    playground.prefer(budget=Budget(day=ONE_REPLY))
    upstream.answer = Answer(hold_after=0)
    live = ask(playground)
    wait_until(lambda: upstream.requests)
    with pytest.raises(PlaygroundError, match="reserved for replies under way: wait for them"):
        ask(playground)
    upstream.release()
    playground.stored(live)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("again", ["regenerate", "go_on"])
def test_a_conversations_cap_holds_for_what_is_asked_again(playground, upstream, again):
    upstream.answer = Answer(finish_reason="length")
    message = playground.stored(ask(playground))
    playground.prefer(budget=Budget(conversation=Decimal("0.000001")))
    with pytest.raises(PlaygroundError, match="Nothing is left of this conversation's budget"):
        getattr(playground, again)(message, model="gpt-4o-mini")
    assert len(playground.store.messages.path(playground.conversation)) == 2


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


def test_without_caps_nothing_is_asked_of_the_store():
    assert Ledger(store=None, budget=Budget).caps("any") == ()


def test_what_deleted_conversations_cost_still_counts(playground, upstream):
    upstream.answer = Answer(usage={"prompt_tokens": 1000, "completion_tokens": 500})
    live = ask(playground)
    playground.stored(live)
    cost = spent(playground, live.conversation_id)
    playground.prefer(budget=Budget(day=Decimal(1), conversation=Decimal(1)))
    playground.store.conversations.delete(live.conversation_id)
    caps = {cap.name: cap.spent for cap in playground.ledger.caps(live.conversation_id)}
    assert caps["day"] == round(cost, 6) > 0
