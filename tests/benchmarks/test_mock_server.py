"""The server of the benchmarks says what the prompt orders, no more and no less, and knows when."""

import json
import urllib.request

import pytest

from benchmarks.bench import MOCK
from benchmarks.mock_server import MODEL, Order
from benchmarks.processes import serving


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    with serving(MOCK, "/v1/models", tmp_path_factory.mktemp("mock") / "mock.log", {}) as server:
        yield server


def chunks(mock, prompt):
    """The chunks of the answer, and what it said last."""
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": prompt}]}
    request = urllib.request.Request(f"{mock.url}/v1/chat/completions", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        *events, last = response.read().decode().strip().split("\n\n")
    return [json.loads(event.removeprefix("data: ")) for event in events], last


def text(found):
    return [choice["delta"]["content"] for c in found for choice in c["choices"] if "content" in choice["delta"]]


@pytest.mark.parametrize("rate", [0, 500])
@pytest.mark.parametrize("markdown", [False, True])
def test_a_reply_has_exactly_the_tokens_that_were_ordered(mock, rate, markdown):
    found, last = chunks(mock, Order("a1", 137, rate, markdown).prompt)
    assert len(text(found)) == 137
    assert text(found)[0] == "BEGINa1 "
    assert text(found)[-1].endswith("ENDa1")
    assert [choice["finish_reason"] for c in found for choice in c["choices"]][-1] == "stop"
    assert found[-1]["usage"]["completion_tokens"] == 137
    assert last == "data: [DONE]"


def test_it_knows_when_the_request_came_and_the_tokens_left(mock):
    chunks(mock, Order("b2", 5, 100).prompt)
    known = json.loads(mock.get("/moments/b2"))
    assert known["arrived"] < known["first"] < known["last"]


def test_another_prompt_is_answered_too(mock):
    assert len(text(chunks(mock, "你好")[0])) == 2


def test_an_order_is_read_as_it_is_written():
    order = Order("c3", 2_000, 12.5, True)
    assert Order.read(order.prompt) == order


def test_a_server_that_does_not_start_says_why(tmp_path):
    command = ("benchmarks.mock_server", "not-a-port", "{port}")
    with pytest.raises(RuntimeError, match="not-a-port"), serving(command, "/v1/models", tmp_path / "log", {}):
        pass
