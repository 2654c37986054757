"""What the built-in model has read of a conversation it does not read again: tokens are counted, not time."""

import asyncio
from collections.abc import Iterator

import pytest

from llm.models.capabilities import BUILT_IN_MODEL
from llm.servers.connections import Connection, make_client
from llm.servers.local_model import SLOTS, LocalModel, find_model

INSTALLED = LocalModel(find_model({}))
pytestmark = pytest.mark.skipif(INSTALLED.availability() is not None, reason=str(INSTALLED.availability()))

Talk = list[dict[str, str]]


@pytest.fixture
def connection() -> Iterator[Connection]:
    model = LocalModel(find_model({}))
    yield model.start()
    model.close()


def talk_of(name: str, words: int) -> Talk:
    return [{"role": "user", "content": "".join(f"{name} 说 {n} " for n in range(words // 3))}]


async def tokens_read(connection: Connection, talk: Talk) -> int:
    """How many tokens of a request the engine had to read; its reply and a short next prompt are added to the talk."""
    async with make_client(connection) as client:
        answer = await client.chat.completions.create(model=BUILT_IN_MODEL, messages=talk, max_tokens=4, temperature=0)
    talk += [
        {"role": "assistant", "content": answer.choices[0].message.content},
        {"role": "user", "content": "And then? 然后呢？"},
    ]
    return answer.usage.prompt_tokens - answer.usage.prompt_tokens_details.cached_tokens


def test_more_conversations_than_slots_take_turns_and_each_is_read_once(connection):
    talks = [talk_of(name, 60) for name in ("河流", "山谷", "The weather", "The old mill", "Some bread")]
    assert len(talks) > SLOTS

    async def turns() -> tuple[list[int], list[int]]:
        first = [await tokens_read(connection, talk) for talk in talks]
        await tokens_read(connection, [{"role": "user", "content": "Hello, 你好。"}])  # nor does a new one take a place
        return first, [await tokens_read(connection, talk) for talk in talks]

    first, second = asyncio.run(turns())
    assert sum(first) > 900
    assert max(second) < 40
