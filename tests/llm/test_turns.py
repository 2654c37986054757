"""One turn, against a real server and a real file: what leaves, what is kept, how it ends."""

import sqlite3
from decimal import Decimal

import pytest

from llm.types import PlaygroundError, Provenance, Status, Usage
from tests.playground import KEY, wait_until
from tests.upstream import ODD_USAGE, Answer


def test_a_turn_stores_the_prompt_the_whole_reply_and_the_reported_usage(playground, upstream):
    upstream.answer = Answer(chunks=("你好", "，世界", "! 👩‍👩‍👧"))
    stored = playground.stored(playground.send("请打个招呼"))
    assert stored.text == "你好，世界! 👩‍👩‍👧"
    assert stored.reply.status is Status.COMPLETE
    assert stored.reply.reported == Usage(1237, 311)
    assert stored.reply.request_id == "req-7"
    assert upstream.requests == [
        {
            "model": "house-model",
            "messages": [{"role": "user", "content": "请打个招呼"}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


def test_the_key_goes_to_the_server_and_into_no_file(playground, upstream, tmp_path):
    playground.stored(playground.send("hello"))
    assert upstream.headers[0]["authorization"] == f"Bearer {KEY}"
    files = [f for f in tmp_path.rglob("*") if f.is_file() and f.name != ".env"]
    assert files
    assert not any(KEY.encode() in f.read_bytes() for f in files)


def test_the_user_message_is_on_disk_before_the_request_leaves(playground, upstream):
    upstream.answer = Answer(hold_after=0)
    live = playground.send("is it there?")
    wait_until(lambda: upstream.requests)
    prompt, reply = playground.store.messages.path(live.conversation_id)
    assert (prompt.text, reply.reply.status) == ("is it there?", Status.STREAMING)
    upstream.release()
    assert playground.stored(live).reply.status is Status.COMPLETE


def test_what_arrived_is_saved_while_the_reply_streams(playground, upstream):
    upstream.answer = Answer(chunks=("first ", "second"), hold_after=1)
    live = playground.send("go")
    wait_until(lambda: playground.store.messages.path(live.conversation_id)[-1].text == "first ")
    assert live.live
    upstream.release()
    assert playground.stored(live).text == "first second"


def test_stop_keeps_the_partial_text_and_closes_the_request(playground, upstream):
    upstream.answer = Answer(chunks=("kept ", "never"), hold_after=1)
    live = playground.send("go")
    wait_until(lambda: live.text == "kept ")
    playground.turns.stop(live.id)
    stored = playground.stored(live)
    assert (stored.text, stored.reply.status) == ("kept ", Status.STOPPED)
    assert stored.reply.reported is None
    assert stored.reply.estimated.output_tokens > 0
    wait_until(lambda: upstream.closed == 1)


def test_a_stopped_reply_of_a_priced_model_keeps_a_partial_estimate(playground, upstream):
    upstream.answer = Answer(chunks=("kept ", "never"), hold_after=1)
    live = playground.send("go", settings=playground.settings("gpt-4o-mini"))
    wait_until(lambda: live.text)
    playground.turns.stop(live.id)
    cost = playground.stored(live).reply.cost
    assert cost.provenance is Provenance.PARTIAL
    assert cost.amount > 0


def test_a_second_prompt_is_refused_while_a_reply_streams(playground, upstream):
    upstream.answer = Answer(hold_after=0)
    live = playground.send("first")
    with pytest.raises(PlaygroundError, match="still streaming"):
        playground.send("second", live.conversation_id)
    upstream.release()
    playground.stored(live)
    assert len(upstream.requests) == 1


def test_the_next_turn_sends_the_history(playground, upstream):
    live = playground.send("one")
    playground.stored(live)
    playground.stored(playground.send("two", live.conversation_id))
    sent = [(m["role"], m["content"]) for m in upstream.requests[1]["messages"]]
    assert sent == [("user", "one"), ("assistant", "Hello from upstream."), ("user", "two")]


def test_regenerating_asks_the_same_again_and_keeps_the_old_reply(playground, upstream):
    first = playground.stored(playground.send("one"))
    upstream.answer = Answer(chunks=("Another.",))
    again = playground.regenerate(first)
    assert (again.text, again.sibling, again.siblings) == ("Another.", 2, 2)
    assert upstream.requests[0]["messages"] == upstream.requests[1]["messages"]


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("temperature", 0.3, {"temperature": 0.3}),
        ("top_p", 0.9, {"top_p": 0.9}),
        ("max_tokens", 77, {"max_tokens": 77}),
        ("stop_sequences", ("结束", "\n\n"), {"stop": ["结束", "\n\n"]}),
        ("frequency_penalty", 0.5, {"frequency_penalty": 0.5}),
        ("presence_penalty", -0.5, {"presence_penalty": -0.5}),
        ("seed", 7, {"seed": 7}),
        ("reasoning_effort", "low", {"reasoning_effort": "low"}),
        ("response_format", "json_object", {"response_format": {"type": "json_object"}}),
    ],
)
def test_a_parameter_that_is_set_is_sent_and_only_that(playground, upstream, name, value, wire):
    playground.stored(playground.send("go", settings=playground.settings(**{name: value})))
    body = upstream.requests[0]
    assert {k: v for k, v in body.items() if k not in ("model", "messages", "stream", "stream_options")} == wire


def test_the_system_prompt_stands_first(playground, upstream):
    playground.stored(playground.send("go", settings=playground.settings(system_prompt="用中文回答。")))
    assert upstream.requests[0]["messages"][0] == {"role": "system", "content": "用中文回答。"}


def test_what_a_reasoning_model_refuses_is_held_back_and_recorded(playground, upstream):
    settings = playground.settings("gpt-5-mini", temperature=0.5, max_tokens=99)
    stored = playground.stored(playground.send("go", settings=settings))
    body = upstream.requests[0]
    assert "temperature" not in body
    assert body["max_completion_tokens"] == 99
    assert [name for name, _ in stored.reply.sent.dropped] == ["temperature"]
    assert stored.reply.settings.parameters.temperature == 0.5


@pytest.mark.parametrize("bad", [{"temperature": float("nan")}, {"top_p": 7.0}, {"max_tokens": 0}])
def test_a_value_out_of_range_is_refused_before_anything_is_sent(playground, upstream, bad):
    with pytest.raises(PlaygroundError):
        playground.send("go", settings=playground.settings(**bad))
    assert upstream.requests == []
    assert playground.store.conversations.recent(1) == []


def test_a_key_that_the_server_echoes_is_hidden(playground, upstream):
    upstream.answer = Answer(status=401, body=b'{"error": {"message": "Wrong key %s."}}' % KEY.encode())
    assert playground.stored(playground.send("go")).reply.failure.detail == "Wrong key [key]."


def test_reasoning_is_kept_apart_from_the_text(playground, upstream):
    upstream.answer = Answer(reasoning=("先想", "一想"), chunks=("42",))
    stored = playground.stored(playground.send("go"))
    assert (stored.text, stored.reply.reasoning) == ("42", "先想一想")


def test_without_reported_usage_the_cost_is_an_estimate(playground, upstream):
    upstream.answer = Answer(usage=None)
    reply = playground.stored(playground.send("go", settings=playground.settings("gpt-4o-mini"))).reply
    assert reply.reported is None
    assert reply.cost.provenance is Provenance.ESTIMATED


def test_reasoning_that_is_counted_beside_the_completion_is_paid_too(playground, upstream):
    beside = {"prompt_tokens": 37, "completion_tokens": 530, "total_tokens": 800}
    upstream.answer = Answer(usage=beside | {"completion_tokens_details": {"reasoning_tokens": 233}})
    assert playground.stored(playground.send("go")).reply.reported == Usage(37, 763, 0, 233)


def test_reasoning_within_the_completion_is_not_counted_twice(playground, upstream):
    within = {"prompt_tokens": 37, "completion_tokens": 530, "total_tokens": 567}
    upstream.answer = Answer(usage=within | {"completion_tokens_details": {"reasoning_tokens": 233}})
    assert playground.stored(playground.send("go")).reply.reported == Usage(37, 530, 0, 233)


def test_cached_tokens_are_charged_at_their_own_price(playground, upstream):
    upstream.answer = Answer(usage=ODD_USAGE | {"prompt_tokens_details": {"cached_tokens": 1024}})
    reply = playground.stored(playground.send("go", settings=playground.settings("gpt-4o-mini"))).reply
    prices = reply.cost.prices
    million = Decimal(1_000_000)
    expected = (213 * prices.input + 1024 * prices.cached + 311 * prices.output) / million
    assert reply.cost.amount == expected
    assert prices.cached < prices.input


def test_an_end_that_cannot_be_saved_is_said_and_saved_later(playground, upstream, tmp_path):
    upstream.answer = Answer(chunks=("kept ", "whole"), hold_after=1)
    live = playground.send("go")
    wait_until(lambda: live.text)
    other = sqlite3.connect(tmp_path / "playground.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    upstream.release()
    wait_until(lambda: "not saved yet" in live.notice, seconds=20)
    assert live.live
    other.execute("ROLLBACK")
    other.close()
    stored = playground.stored(live)
    assert (stored.text, stored.reply.status) == ("kept whole", Status.COMPLETE)


def test_closing_the_playground_marks_what_streams_as_interrupted(playground, upstream):
    upstream.answer = Answer(chunks=("half ", "whole"), hold_after=1)
    live = playground.send("go")
    wait_until(lambda: live.text)
    playground.turns.close()
    stored = playground.store.messages.path(live.conversation_id)[-1]
    assert (stored.text, stored.reply.status) == ("half ", Status.INTERRUPTED)
