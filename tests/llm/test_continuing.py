"""Going on with a reply that was cut: one message, two requests, a seam that is known."""

import pytest

from llm.types import PlaygroundError, Status, Usage
from llm.wire.requests import GO_ON, request_hash
from tests.playground import wait_until
from tests.upstream import Answer


def cut(playground, upstream, **answer):
    upstream.script = [Answer(chunks=("从前有", "一座山，"), **({"finish_reason": "length"} | answer))]
    return playground.answer("讲个故事")


def test_the_rest_is_added_to_the_same_message(playground, upstream):
    first = cut(playground, upstream)
    upstream.answer = Answer(chunks=("山里有", "一座庙。"))
    whole = playground.go_on(first)
    assert (whole.id, whole.text) == (first.id, "从前有一座山，山里有一座庙。")
    assert whole.siblings == 1
    assert whole.reply.status is Status.COMPLETE


def test_the_text_so_far_is_sent_with_a_visible_request_to_go_on(playground, upstream):
    first = cut(playground, upstream)
    whole = playground.go_on(first)
    assert [(m["role"], m["content"]) for m in upstream.requests[1]["messages"]] == [
        ("user", "讲个故事"),
        ("assistant", "从前有一座山，"),
        ("user", GO_ON),
    ]
    assert whole.reply.sent.continuation == GO_ON


def test_the_seam_and_both_requests_are_kept_and_paid(playground, upstream):
    first = cut(playground, upstream)
    whole = playground.go_on(first, model="gpt-4o-mini")
    one, two = whole.replies
    assert (one.text_start, two.text_start) == (0, len("从前有一座山，"))
    assert (one.finish_reason, two.finish_reason) == ("length", "stop")
    assert two.cost.amount > 0
    conversation = playground.conversation
    spent = playground.store.conversations.spent(conversation)
    assert spent.usage == Usage(2 * 1237, 2 * 311)
    assert spent.replies == 2


def test_the_request_can_be_rebuilt_from_what_is_kept(playground, upstream):
    whole = playground.go_on(cut(playground, upstream))
    sent, seam = whole.reply.sent, whole.reply.text_start
    prompt = playground.store.messages.path(playground.conversation)[0]
    messages = [
        {"role": "user", "content": prompt.text},
        {"role": "assistant", "content": whole.text[:seam]},
        {"role": "user", "content": sent.continuation},
    ]
    assert sent.message_ids == (prompt.id, whole.id)
    assert request_hash(sent.body | {"messages": messages}) == sent.request_hash


def test_what_was_there_is_shown_and_kept_while_the_rest_streams(playground, upstream):
    first = cut(playground, upstream)
    upstream.answer = Answer(chunks=("山里", "有庙"), hold_after=1)
    live = playground.turns.continue_reply(playground.conversation, first.reply.id, playground.settings())
    wait_until(lambda: live.text == "从前有一座山，山里")
    saved = lambda: playground.store.messages.path(live.conversation_id)[-1].text  # noqa: E731
    wait_until(lambda: saved() == "从前有一座山，山里")
    playground.turns.stop(live.id)
    message = playground.stored(live)
    assert (message.text, message.reply.status) == ("从前有一座山，山里", Status.STOPPED)


def test_a_continuation_that_fails_takes_nothing_away(playground, upstream):
    first = cut(playground, upstream)
    upstream.answer = Answer(status=401, body=b"{}")
    message = playground.go_on(first)
    assert (message.text, message.reply.status) == ("从前有一座山，", Status.FAILED)
    assert message.replies[0].finish_reason == "length"


def test_its_estimate_counts_the_new_part_alone(playground, upstream):
    first = cut(playground, upstream, usage=None)
    upstream.answer = Answer(chunks=("山",), usage=None)
    one, two = playground.go_on(first).replies
    assert two.estimated.output_tokens < one.estimated.output_tokens
    assert two.estimated.input_tokens > one.estimated.input_tokens


def test_it_can_be_continued_again_but_one_intent_is_one_request(playground, upstream):
    first = cut(playground, upstream)
    second = playground.go_on(first)
    with pytest.raises(PlaygroundError, match="changed meanwhile"):
        playground.turns.continue_reply(playground.conversation, first.reply.id, playground.settings())
    third = playground.go_on(second)
    assert len(third.replies) == 3
    assert len(upstream.requests) == 3


def test_the_next_turn_sends_the_whole_text_once(playground, upstream):
    whole = playground.go_on(cut(playground, upstream))
    conversation = playground.conversation
    playground.stored(playground.send("然后呢？", conversation))
    assert [m["content"] for m in upstream.requests[2]["messages"]] == ["讲个故事", whole.text, "然后呢？"]
