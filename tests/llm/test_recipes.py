"""A recorded request is rebuilt to the byte, and sent again by the programs that are made of it."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from llm.recipes.as_curl import as_curl
from llm.recipes.as_python import as_python
from llm.recipes.rebuild import rebuild
from llm.recipes.settings import CHOOSES, STANDS_FIRST, Set, what_was_set
from llm.servers.connections import NO_KEY, Connection
from llm.types import Message
from llm.wire.requests import canonical
from tests.playground import KEY
from tests.upstream import Answer

AWKWARD = (
    'It\'s "quoted" `id` $HOME $(id) \\ !! \x00\x1b[31m\r\n\ttab\x85\u2028\u202e 你好 👩\u200d👧 ${x} %s {brace}'
    "\nJSON\nEOF\n'''"
)
EVERYTHING = {
    "temperature": 0.3,
    "top_p": 1.0,
    "max_tokens": 77,
    "stop_sequences": ("结束", "'\n"),
    "frequency_penalty": -0.5,
    "presence_penalty": 0.0,
    "seed": 2**60,
    "reasoning_effort": "low",
    "response_format": "json_object",
    "system_prompt": AWKWARD,
    "context_limit": 100_000,
}


def rebuilt(playground, message, number=-1):
    reply = message.replies[number]
    return rebuild(reply.sent, reply.settings.parameters, playground.store.recipes.messages_of(reply))


def run(command, text, **variables):
    """Run a program that was copied, in a place where nothing else is set."""
    environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY, **variables}
    return subprocess.run([*command, text], env=environment, capture_output=True, encoding="utf-8", timeout=60)


def programs(body, connection):
    yield [sys.executable, "-c"], as_python(body, connection)
    yield ["dash", "-c"], as_curl(body, connection)
    yield ["bash", "-c"], as_curl(body, connection)


def test_a_request_is_rebuilt_to_the_byte(playground, upstream):
    first = playground.answer(AWKWARD, **EVERYTHING)
    second = playground.stored(playground.send("再来一次", playground.conversation))
    for message, request in zip((first, second), upstream.requests, strict=True):
        again = rebuilt(playground, message)
        assert (again.exact, again.missing) == (True, ())
        assert canonical(again.body) == canonical(request)


def test_each_request_of_a_continued_message_is_rebuilt_as_it_was(playground, upstream):
    upstream.answer = Answer(chunks=("一", "二"), finish_reason="length")
    message = playground.answer("数数")
    for _ in range(2):
        message = playground.go_on(message)
    assert len(upstream.requests) == 3
    for number, request in enumerate(upstream.requests):
        again = rebuilt(playground, message, number)
        assert again.exact
        assert again.body == request
    assert [len(request["messages"]) for request in upstream.requests] == [1, 3, 3]


def test_a_system_prompt_that_was_held_back_is_not_in_it(playground):
    message = playground.answer("go", system_prompt="用中文回答。")
    sent = replace(message.reply.sent, dropped=(("system_prompt", "not accepted"),))
    went = playground.store.recipes.messages_of(message.reply)
    assert rebuild(sent, message.reply.settings.parameters, went).body["messages"] == [
        {"role": "user", "content": "go"}
    ]


def test_what_was_removed_or_changed_since_is_said(playground, upstream):
    message = playground.answer("你好")
    [id_] = message.reply.sent.message_ids
    gone = rebuild(message.reply.sent, message.reply.settings.parameters, {})
    assert (gone.exact, gone.missing) == (False, (id_,))
    other = rebuild(message.reply.sent, message.reply.settings.parameters, {id_: Message("user", "您好")})
    assert (other.exact, other.missing) == (False, ())
    playground.store.conversations.delete(playground.conversation)
    assert playground.store.recipes.messages_of(message.reply) == {}


@pytest.mark.parametrize("model", ["house-model", "gpt-5-mini"])
def test_what_is_copied_runs_as_it_stands_and_sends_the_same(playground, upstream, model):
    message = playground.answer(AWKWARD, model=model, **EVERYTHING)
    connection = playground.directory.get(playground.name)
    for command, text in programs(rebuilt(playground, message).body, connection):
        ran = run(command, text)
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr == ""
        assert canonical(upstream.requests[-1]) == canonical(upstream.requests[0])
        assert upstream.headers[-1]["authorization"] == f"Bearer {KEY}"
        assert KEY not in text
        assert "Hello" in ran.stdout
    assert len(upstream.requests) == 4


def test_a_long_conversation_fits_into_a_command(playground, upstream):
    message = playground.answer("长" * 100_000)
    body = rebuilt(playground, message).body
    for command in (["sh"], [sys.executable, "-"]):
        text = as_curl(body, playground.directory.get(playground.name))
        if command[0] != "sh":
            text = as_python(body, playground.directory.get(playground.name))
        ran = subprocess.run(
            command,
            input=text,
            env={"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY},
            capture_output=True,
            encoding="utf-8",
        )
        assert ran.returncode == 0, ran.stderr
        assert upstream.requests[-1] == body


def test_a_server_without_a_key_is_asked_without_a_variable(upstream):
    body = {"model": "m", "messages": [{"role": "user", "content": "你好"}], "stream": True}
    for command, text in programs(body, Connection("here", upstream.base_url, NO_KEY)):
        assert run(command, text, OPENAI_API_KEY="").returncode == 0
        assert "OPENAI_API_KEY" not in text
        assert upstream.requests[-1] == body


def test_an_organization_goes_along(upstream):
    body = {"model": "m", "messages": [{"role": "user", "content": "你好"}], "stream": True}
    for command, text in programs(body, Connection("here", upstream.base_url, KEY, "org-7")):
        assert run(command, text, OPENAI_ORG_ID="org-7").returncode == 0
        assert upstream.headers[-1]["openai-organization"] == "org-7"


def test_names_that_nobody_sent_from_here_run_nothing(upstream):
    """A recipe may have come in a file from elsewhere."""
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "x", "a'": "${HOME}"}],
        "stream": True,
        "x=print(4711) or 1, y": "'; echo 4711; '",
    }
    for command, text in programs(body, Connection("here", upstream.base_url, KEY)):
        ran = run(command, text)
        assert ran.returncode == 0, ran.stderr
        assert "4711" not in ran.stdout
        assert upstream.requests[-1] == body


def test_what_was_set_is_told_apart_from_what_was_sent(playground):
    settings = {"temperature": 0.5, "max_tokens": 99, "context_limit": 5_000, "system_prompt": "用中文回答。"}
    reply = playground.answer("go", model="gpt-5-mini", **settings).reply
    model, temperature, *others = what_was_set(reply.settings, reply.sent)
    assert model == Set("model", "gpt-5-mini", "gpt-5-mini")
    assert (temperature.set, temperature.sent) == (0.5, None)
    assert "gpt-5-mini does not accept temperature" in temperature.note
    assert {one.name: (one.set, one.sent, one.note) for one in others} == {
        "max_tokens": (99, 99, ""),
        "context_limit": (5_000, None, CHOOSES),
        "system_prompt": ("用中文回答。", "用中文回答。", STANDS_FIRST),
    }


def test_of_a_request_that_never_left_nothing_was_sent(playground):
    reply = playground.answer("go", seed=7).reply
    assert [one.sent for one in what_was_set(reply.settings, None)] == [None, None]


def test_a_value_that_was_brought_into_range_has_both(playground):
    reply = playground.answer("go", model="claude-sonnet-4-5", temperature=1.5).reply
    temperature = what_was_set(reply.settings, reply.sent)[1]
    assert (temperature.set, temperature.sent) == (1.5, 1.0)
    assert "at most 1" in temperature.note
