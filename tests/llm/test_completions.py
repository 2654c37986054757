"""A request leaves at a cost that hardly grows with the conversation."""

import asyncio
import sys

from llm.servers.connections import Connection, make_client
from llm.wire.completions import Completion


def calls_to_ask(upstream, messages: int) -> int:
    """How many Python functions are called while a request of so many messages is made and answered."""
    body = {"model": "house-model", "messages": [{"role": "user", "content": "你好"}] * messages, "stream": True}
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    async def ask() -> str:
        async with make_client(Connection("here", upstream.base_url, "key")) as client:
            sys.setprofile(count)
            try:
                return "".join([text async for text, _ in Completion(client, body, 5)])
            finally:
                sys.setprofile(None)

    assert asyncio.run(ask()) == "Hello from upstream."
    assert upstream.requests[-1] == body
    return calls


def test_a_long_conversation_is_handed_over_as_it_is(upstream):
    calls_to_ask(upstream, 1)  # the first one also imports
    assert calls_to_ask(upstream, 4_001) - calls_to_ask(upstream, 1) < 4_000
