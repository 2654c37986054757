"""A request leaves at a cost that hardly grows with the conversation."""

import asyncio

import pytest

from llm.servers.connections import Connection, make_client
from llm.wire.completions import Completion


class Counted(dict):
    """A message that counts how often somebody goes through it."""

    walks = 0

    def items(self):
        Counted.walks += 1
        return super().items()

    def __iter__(self):
        Counted.walks += 1
        return super().__iter__()


@pytest.mark.parametrize("turns", [1, 200])
def test_each_message_is_gone_through_once_which_is_when_it_is_written(upstream, turns):
    talk = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "好"}] * turns
    body = {"model": "house-model", "messages": [Counted(message) for message in talk], "stream": True}

    async def ask() -> str:
        async with make_client(Connection("here", upstream.base_url, "key")) as client:
            return "".join([text async for text, _ in Completion(client, body, 5)])

    Counted.walks = 0
    assert asyncio.run(ask()) == "Hello from upstream."
    assert upstream.requests == [body]
    assert Counted.walks == len(talk)
