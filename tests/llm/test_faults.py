"""What servers do wrong, one by one, on real sockets: what is kept, what is said, how often was asked."""

import gzip
import json
import socket
import threading
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm.replies.exchange import MOST_CHARACTERS
from llm.servers.directory import Directory
from llm.types import Provenance, Status, Timeouts, Usage
from tests.playground import Playground, wait_until
from tests.torture import FIGURES
from tests.upstream import ODD_USAGE, Answer

SOON = {"retry-after-ms": "1"}


def refusal(status, message="不行: something is wrong", headers=None, **fields):
    body = json.dumps({"error": {"message": message, **fields}}, ensure_ascii=False).encode()
    return Answer(status=status, body=body, headers=headers or {})


def broken(*events, **fields):
    return Answer(finish_reason=None, done=False, usage=None, events=events, **fields)


@pytest.mark.parametrize(
    ("status", "kind", "next_step"),
    [
        (400, "bad_request", "Change the setting"),
        (401, "authentication", "Check OPENAI_API_KEY"),
        (402, "quota", "Add credit"),
        (403, "permission", "Choose another model or key"),
        (404, "not_found", "check OPENAI_BASE_URL"),
        (413, "too_large", "shorten the prompt"),
        (422, "bad_request", "Change the setting"),
        (501, "server", "Try again"),
    ],
)
def test_a_refusal_that_will_not_pass_is_asked_once_and_explained(playground, upstream, status, kind, next_step):
    upstream.answer = refusal(status)
    message = playground.answer("请回答")
    assert (message.reply.status, message.reply.failure.kind) == (Status.FAILED, kind)
    assert next_step in message.reply.failure.sentence
    assert message.reply.failure.detail == "不行: something is wrong"
    assert message.reply.cost.amount in (None, 0)
    assert (len(upstream.requests), message.reply.requests) == (1, 1)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_a_refusal_that_may_pass_is_tried_three_times(playground, upstream, status):
    upstream.answer = refusal(status, headers=SOON)
    message = playground.answer()
    assert message.reply.status is Status.FAILED
    assert message.reply.failure.sentence
    assert (len(upstream.requests), message.reply.requests) == (3, 3)


def test_an_attempt_that_succeeds_is_the_reply(playground, upstream):
    upstream.script = [refusal(429, headers=SOON), refusal(503, headers=SOON)]
    message = playground.answer()
    assert (message.text, message.reply.status) == ("Hello from upstream.", Status.COMPLETE)
    assert message.reply.requests == 3
    assert upstream.requests[0] == upstream.requests[2]
    assert message.reply.reported == Usage(1237, 311)


def test_a_server_that_is_not_there_is_tried_three_times(playground, tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    (tmp_path / ".env").write_text(f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1\n")
    playground.name = playground.directory.all()[0].name
    reply = playground.answer().reply
    assert (reply.failure.kind, reply.requests) == ("connection", 3)
    assert "cannot be reached" in reply.failure.sentence


def test_the_wait_is_said_with_its_seconds_and_can_be_stopped_at_once(playground, upstream):
    upstream.answer = refusal(503, headers={"Retry-After": "90"})
    live = playground.send("go")
    wait_until(lambda: "Trying again in" in live.notice)
    assert live.notice.endswith(" s (attempt 2 of 3).")
    assert "overloaded" in live.notice
    asked = time.monotonic()
    playground.turns.stop(live.id)
    reply = playground.stored(live).reply
    assert time.monotonic() - asked < 5  # the wait would have been 90 seconds
    assert (reply.status, reply.failure.kind) == (Status.STOPPED, "overloaded")
    assert len(upstream.requests) == 1


def test_the_seconds_are_counted_down(playground, upstream):
    upstream.answer = refusal(503, headers={"Retry-After": "3"})
    live = playground.send("go")
    wait_until(lambda: "in 3 s" in live.notice)
    wait_until(lambda: "in 2 s" in live.notice)
    playground.turns.stop(live.id)
    playground.stored(live)


@pytest.mark.parametrize(
    "asked",
    ["121", "7200", "90000", "300000000000", "1e300", "Fri, 31 Dec 2100 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"],
)
def test_a_pause_of_more_than_two_minutes_is_shown_and_not_waited_for(playground, upstream, asked):
    upstream.answer = refusal(429, headers={"Retry-After": asked})
    failure = playground.answer().reply.failure
    assert "It asks to wait" in failure.sentence
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("asked", ["soon", "-5", "nan", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_pause_that_makes_no_sense_is_short(playground, upstream, asked):
    upstream.script = [refusal(429, headers={"Retry-After": asked})]
    assert playground.answer().reply.status is Status.COMPLETE
    assert len(upstream.requests) == 2


def test_without_credit_nothing_is_tried_again(playground, upstream):
    upstream.answer = refusal(429, headers=SOON, code="insufficient_quota")
    reply = playground.answer().reply
    assert (reply.failure.kind, len(upstream.requests)) == ("quota", 1)


def test_nothing_is_tried_again_after_the_first_byte(playground, upstream):
    upstream.answer = broken(reset=True)
    reply = playground.answer().reply
    assert (reply.status, len(upstream.requests)) == (Status.INCOMPLETE, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "too long", "code": "context_length_exceeded"},
        {"message": "too long", "type": "exceed_context_size_error"},
        {"message": "This model's maximum context length is 4096 tokens."},
        {"message": "prompt is too long: 204857 tokens > 200000 maximum"},
    ],
)
def test_a_conversation_that_is_too_long_is_told_apart(playground, upstream, body):
    upstream.answer = refusal(400, **body)
    reply = playground.answer().reply
    assert (reply.failure.kind, len(upstream.requests)) == ("context_length", 1)
    assert "Send less" in reply.failure.sentence


def test_a_smaller_context_limit_sends_less(playground, upstream):
    first = playground.send("第一个问题 " * 50)
    playground.stored(first)
    settings = playground.settings(context_limit=40)
    playground.stored(playground.send("第二个问题", first.conversation_id, settings))
    assert [m["content"] for m in upstream.requests[1]["messages"]] == ["第二个问题"]
    assert "context_limit" not in upstream.requests[1]


# --- time ---


def test_a_server_that_does_not_begin_is_given_up(playground, upstream):
    playground.prefer(Timeouts(first_byte=0.2))
    upstream.answer = Answer(silent=True)
    reply = playground.answer().reply
    assert (reply.status, reply.failure.kind, len(upstream.requests)) == (Status.FAILED, "timeout", 1)
    assert "did not begin to answer within 0.2 s" in reply.failure.sentence
    wait_until(lambda: upstream.closed == 1)


@pytest.mark.parametrize("hold_after", [0, 2])
def test_comments_do_not_count_as_an_answer(playground, upstream, hold_after):
    playground.prefer(Timeouts(first_byte=0.3, idle=0.3))
    upstream.answer = Answer(chunks=("一", "二", "三"), hold_after=hold_after)  # comments go on all the while
    message = playground.answer()
    assert message.text == "一二三"[:hold_after]
    assert message.reply.status is (Status.INCOMPLETE if hold_after else Status.FAILED)
    assert message.reply.failure.kind == "timeout"
    assert len(upstream.requests) == 1


def test_a_slow_reply_that_keeps_coming_is_not_given_up(playground, upstream):
    playground.prefer(Timeouts(first_byte=2.0, idle=2.0))
    upstream.answer = Answer(chunks=tuple("慢慢来，不着急"), delay=0.35)  # longer than both in all
    assert playground.answer().reply.status is Status.COMPLETE


def test_a_model_that_thinks_first_has_more_time_for_its_first_token(playground, upstream):
    playground.prefer(Timeouts(first_byte=0.3, idle=5))
    upstream.answer = Answer(delay=0.6, chunks=("想好了",))
    assert playground.answer(model="house-model").reply.failure.kind == "timeout"
    assert playground.answer(model="gpt-5-mini").reply.status is Status.COMPLETE


@pytest.mark.parametrize("answer", [Answer(silent=True), Answer(hold_after=0), Answer(hold_after=1, chunks=("x", "y"))])
def test_stop_ends_whatever_the_server_does(playground, upstream, answer):
    upstream.answer = answer
    live = playground.send("go")
    wait_until(lambda: upstream.requests and (answer.hold_after != 1 or live.text))
    playground.turns.stop(live.id)
    assert playground.stored(live).reply.status is Status.STOPPED
    wait_until(lambda: upstream.closed == 1)


@pytest.mark.torture
def test_how_long_a_stop_takes(playground, upstream):
    pausing = refusal(503, headers={"Retry-After": "90"})
    seconds = []
    for answer in (Answer(silent=True), Answer(hold_after=0), Answer(hold_after=1), pausing) * 5:
        upstream.answer = answer
        upstream.requests.clear()
        live = playground.send("go")
        wait_until(lambda: upstream.requests)
        asked = time.monotonic()
        playground.turns.stop(live.id)
        playground.stored(live)
        seconds.append(time.monotonic() - asked)
    FIGURES[f"seconds that the slowest of {len(seconds)} stops took"] = round(max(seconds), 3)


# --- answers ---

WRONG_ANSWERS = {
    "cut": broken(),
    "reset": broken(reset=True),
    "error object": broken(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'),
    "error in words": broken(b'data: {"error": "out of memory"}\n\n'),
    "error event": broken(b'event: error\ndata: {"message": "out of memory"}\n\n'),
    "empty error event": broken(b"event: error\ndata: {}\n\n"),
    "bad JSON": broken(b"data: {not json\n\n"),
    "truncated JSON": broken(b'data: {"choices": [{"delta": {"con'),
    "truncated JSON, whole event": broken(b'data: {"choices": [{"delta": {"con\n\n'),
    "deeply nested": broken(b"data: " + b"[" * 100_000 + b"\n\n"),
    "bad UTF-8": broken(b"data: \xff\xfe\n\n"),
    "odd chunk": broken(b'data: {"choices": ["x"]}\n\n'),
    "a list": broken(b"data: [1, 2]\n\n"),
    "an endless line": broken(b"data: " + b"x" * 9_000_000),
}


@pytest.mark.parametrize("answer", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_broken_stream_keeps_its_text_and_says_that_it_is_incomplete(playground, upstream, answer):
    upstream.answer = answer
    message = playground.answer()
    assert message.text == "Hello from upstream."
    assert (message.reply.status, len(upstream.requests)) == (Status.INCOMPLETE, 1)
    assert message.reply.failure.sentence
    assert message.reply.cost.provenance in (Provenance.PARTIAL, Provenance.UNPRICED)


@pytest.mark.parametrize("answer", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_stream_that_is_broken_from_the_start_has_failed(playground, upstream, answer):
    upstream.answer = Answer(**{**vars(answer), "chunks": ()})
    message = playground.answer()
    assert (message.text, message.reply.status, len(upstream.requests)) == ("", Status.FAILED, 1)
    assert message.reply.failure.sentence


@pytest.mark.parametrize("body", [b"<html><body>Welcome to the router</body></html>", b"", b"   \n", b"null", b"[]"])
@pytest.mark.parametrize("kind", ["text/html", "text/event-stream", "application/json"])
def test_what_is_no_reply_at_all_has_failed(playground, upstream, body, kind):
    upstream.answer = Answer(body=body, headers={"Content-Type": kind})
    reply = playground.answer().reply
    assert (reply.status, len(upstream.requests)) == (Status.FAILED, 1)
    assert "not a chat reply" in reply.failure.sentence or "nothing that is a chat reply" in reply.failure.sentence


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
def test_a_whole_reply_in_place_of_events_is_the_reply(playground, upstream, kind):
    choice = {"index": 0, "message": {"role": "assistant", "content": "整个回答"}, "finish_reason": "stop"}
    body = json.dumps({"object": "chat.completion", "choices": [choice], "usage": ODD_USAGE}).encode()
    upstream.answer = Answer(body=body, headers={"Content-Type": kind})
    message = playground.answer()
    assert (message.text, message.reply.status) == ("整个回答", Status.COMPLETE)
    assert message.reply.reported == Usage(1237, 311)


def test_an_error_in_place_of_events_is_an_error(playground, upstream):
    upstream.answer = Answer(body=b'{"error": {"message": "no GPU"}}')
    assert playground.answer().reply.failure.detail == "no GPU"


def test_a_redirect_is_not_followed(playground, upstream):
    upstream.answer = Answer(status=307, body=b"", headers={"Location": f"{upstream.base_url}/elsewhere"})
    reply = playground.answer().reply
    assert (reply.failure.kind, len(upstream.requests)) == ("redirect", 1)


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"choices": []}\n\n',
        b'data: {"choices": null}\n\n',
        b'data: {"choices": {}}\n\n',
        b'data: {"choices": [{"delta": null}]}\n\n',
        b'data: {"choices": [{"delta": {"content": null}}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',
        b"data: {}\n\n",
        b": a comment\n\n",
        b"\n\n\n",
        b"event: ping\ndata: {}\n\n",
        b"retry: 5\nid: 9\n\n",
    ],
)
def test_events_that_say_nothing_are_harmless(playground, upstream, event):
    upstream.answer = Answer(events=(event,) * 3)
    message = playground.answer()
    assert (message.text, message.reply.status) == ("Hello from upstream.", Status.COMPLETE)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 3},
        {"prompt_tokens": 1.5, "completion_tokens": 3},
        {"prompt_tokens": "many", "completion_tokens": True},
        {"prompt_tokens": 3, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 9}},
        {"prompt_tokens": 3, "completion_tokens": 10**12},
        {"prompt_tokens": 200_000, "completion_tokens": 3},  # more than the model can read
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 12, "completion_tokens": 0},
        {"prompt_tokens": 120_000, "completion_tokens": 3},  # for a prompt of one word
        {"prompt_tokens": 3, "completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 10**30}},
    ],
)
def test_usage_that_cannot_be_is_not_believed(playground, upstream, usage):
    upstream.answer = Answer(usage=usage)
    reply = playground.answer(model="gpt-4o-mini").reply
    assert (reply.status, reply.reported) == (Status.COMPLETE, None)
    assert reply.cost.provenance is Provenance.ESTIMATED


def test_of_usage_in_every_chunk_the_last_counts(playground, upstream):
    upstream.answer = Answer(usage_each_time=True)
    assert playground.answer().reply.reported == Usage(1237, 311)


# --- ends that are no failure ---


def test_a_refusal_in_words_is_the_text_and_is_marked(playground, upstream):
    upstream.answer = Answer(chunks=(), deltas=({"refusal": "我不能"}, {"refusal": "这样做。"}))
    message = playground.answer()
    assert (message.text, message.reply.status) == ("我不能这样做。", Status.COMPLETE)
    assert message.reply.finish_reason == "refusal"


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls"])
def test_the_finish_reason_is_kept(playground, upstream, reason):
    upstream.answer = Answer(finish_reason=reason)
    reply = playground.answer().reply
    assert (reply.status, reply.finish_reason) == (Status.COMPLETE, reason)


def test_a_tool_call_without_text_is_a_whole_reply(playground, upstream):
    call = {"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": "{}"}}
    upstream.answer = Answer(chunks=(), deltas=({"tool_calls": [call]},), finish_reason="tool_calls")
    message = playground.answer()
    assert (message.text, message.reply.status) == ("", Status.COMPLETE)


def test_reasoning_alone_is_a_whole_reply(playground, upstream):
    upstream.answer = Answer(chunks=(), reasoning=("想来", "想去"))
    message = playground.answer()
    assert (message.text, message.reply.reasoning, message.reply.status) == ("", "想来想去", Status.COMPLETE)


# --- too much ---


def test_a_reply_of_20_000_chunks_arrives_whole(playground, upstream):
    chunks = tuple(f"{n} 字 " for n in range(20_000))
    upstream.answer = Answer(chunks=chunks)
    live = playground.send("go")
    wait_until(lambda: not live.live, 60)
    assert playground.stored(live).text == "".join(chunks)


def test_more_than_a_reply_can_have_is_cut_and_said(playground, upstream):
    upstream.answer = Answer(chunks=("x" * 100_000,) * 150)
    message = playground.answer()
    assert MOST_CHARACTERS < len(message.text) <= MOST_CHARACTERS + 100_000
    assert (message.reply.status, message.reply.failure.kind) == (Status.INCOMPLETE, "too_long")
    assert "2,000,000 characters" in message.reply.failure.sentence
    wait_until(lambda: upstream.closed == 1)


@pytest.mark.parametrize("after", [b"data: {not json\n\n", b"data: \xff\n\n", b"data: [1]\n\n"])
def test_what_comes_after_the_end_was_said_takes_nothing_away(playground, upstream, after):
    upstream.answer = Answer(events=(after,), done=False)
    message = playground.answer()
    assert (message.text, message.reply.reported) == ("Hello from upstream.", Usage(1237, 311))
    assert message.reply.status is (Status.INCOMPLETE if after == b"data: [1]\n\n" else Status.COMPLETE)


def test_a_stop_after_a_retry_has_left_counts_what_was_sent(playground, upstream):
    upstream.script = [refusal(503, headers=SOON), Answer(silent=True)]
    live = playground.send("go", settings=playground.settings("gpt-4o-mini"))
    wait_until(lambda: len(upstream.requests) == 2)
    playground.turns.stop(live.id)
    reply = playground.stored(live).reply
    assert (reply.status, reply.failure) == (Status.STOPPED, None)
    assert reply.cost.amount > 0


@pytest.mark.parametrize("unit", [b"\n", b": comment\n", b"data: {}\n\n"])
def test_while_a_bomb_unfolds_other_replies_go_on(playground, upstream, unit):
    bomb = gzip.compress(unit * (100_000_000 // len(unit)), 1)
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    upstream.script = [Answer(body=bomb, headers=headers)]
    bombed = playground.send("go")
    wait_until(lambda: upstream.requests)
    assert playground.answer("还好吗？").text == "Hello from upstream."
    playground.turns.stop(bombed.id)
    assert playground.stored(bombed).reply.status in (Status.STOPPED, Status.FAILED)


def test_what_is_compressed_twice_is_not_unfolded(playground, upstream):
    body = gzip.compress(gzip.compress(b"\n" * 300_000_000, 9), 9)
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip, gzip"}
    upstream.answer = Answer(body=body, headers=headers)
    assert playground.answer().reply.status is Status.FAILED


def test_a_model_that_loads_keeps_no_other_reply_from_being_saved(playground, upstream):
    class Loading(Directory):
        """A directory one of whose connections takes long to open, as a built-in model does that loads."""

        def open(self, name, say):
            loaded.wait()
            return super().open(name, say)

    loaded = threading.Event()
    waiting = Playground(playground.store, upstream, playground.folder, Loading)
    upstream.answer = Answer(chunks=("保存", "了"), hold_after=1)
    live = playground.send("go")
    wait_until(lambda: live.text)
    waiters = [waiting.send("go") for _ in range(12)]
    wait_until(lambda: playground.store.messages.path(live.conversation_id)[-1].text == "保存")
    upstream.release()
    assert playground.stored(live).text == "保存了"
    loaded.set()
    for waiter in waiters:
        waiting.stored(waiter)
    waiting.close()


ODD_ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([200, 200, 207, 302, 400, 401, 429, 500, 503]),
    body=st.none()
    | st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["error", "message", "code", "type", "choices", "delta", "usage"]), inner)
        ),
        max_leaves=9,
    ).map(lambda value: json.dumps(value).encode()),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "X-Request-Id", "Content-Type"]),
        st.text("0123456789.eE+-naNif GMT,:/", max_size=12).map(str.strip),
        max_size=3,
    ).map(lambda drawn: drawn | SOON),
    events=st.lists(st.binary(max_size=30).map(lambda data: b"data: " + data + b"\n\n"), max_size=3).map(tuple),
    usage=st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens"]), st.integers() | st.none() | st.floats()
    ),
    finish_reason=st.none() | st.text(max_size=5),
    done=st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ODD_ANSWERS)
def test_whatever_a_server_answers_the_reply_ends_and_is_stored(playground, upstream, answer):
    upstream.script = [answer] * 3
    message = playground.answer("你好")
    upstream.script.clear()
    assert message.reply.status in (Status.COMPLETE, Status.INCOMPLETE, Status.FAILED)
    assert bool(message.reply.failure) is (message.reply.status is not Status.COMPLETE)


EXPANDED = 400_000_000  # bytes that each of these bombs becomes
BOMBS = {
    "error": Answer(status=500, headers=SOON),
    "event stream": Answer(status=200, headers={"Content-Type": "text/event-stream"}),
    "JSON": Answer(status=200),
}


@pytest.mark.parametrize("answer", BOMBS.values(), ids=BOMBS)
def test_a_compressed_bomb_does_not_fill_the_memory(playground, upstream, answer):
    start = b"data: " if "Content-Type" in answer.headers else b"{" if answer.status == 200 else b""
    bomb = gzip.compress(start + b"x" * EXPANDED, 1)
    headers = answer.headers | {"Content-Encoding": "gzip"}
    upstream.answer = Answer(**{**vars(answer), "body": bomb, "headers": headers})
    tracemalloc.start()
    try:
        live = playground.send("go")
        wait_until(lambda: not live.live, 60)
        assert tracemalloc.get_traced_memory()[1] < EXPANDED / 4
    finally:
        tracemalloc.stop()
    assert playground.stored(live).reply.status is Status.FAILED


def test_a_reply_that_is_compressed_unasked_is_read(playground, upstream):
    events = b"".join(
        b"data: " + json.dumps({"choices": [{"delta": {"content": piece}}]}).encode() + b"\n\n" for piece in "压缩的"
    )
    body = gzip.compress(events + b"data: [DONE]\n\n")
    headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    upstream.answer = Answer(body=body, headers=headers)
    assert playground.answer().text == "压缩的"
