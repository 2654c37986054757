"""One streamed chat completion: iterate it once; what the server said of it stands on it afterwards."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from llm.event_stream import ServerEvent, server_events
from llm.types import Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

DONE = "[DONE]"
LONGEST_GOODBYE = 0.1  # seconds between `[DONE]` and the end of the connection's answer
MOST_TOKENS = 10**9  # of one request; a server that reports more is mistaken


class Completion:
    """A chat completion request and its answer.

    Iterating sends the request and yields (text, reasoning) for each chunk that brought either. Afterwards:
    `finish_reason`, `usage`, `request_id` as the server gave them, `done` if it said `[DONE]`, and `error` if it
    put an error into the stream. Raises what the `openai` package raises before the first byte, and ValueError
    for an event that is not JSON.
    """

    def __init__(self, client: "AsyncOpenAI", body: dict[str, Any]) -> None:
        self._client, self._body = client, body
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.request_id: str | None = None
        self.done = False
        self.error: Any = None

    @property
    def ended_well(self) -> bool:
        """Whether the server said that the reply was whole; a clean end of the connection says nothing."""
        return self.error is None and (self.done or self.finish_reason is not None)

    async def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        create = self._client.chat.completions.with_streaming_response.create
        async with create(**self._body) as response:
            self.request_id = response.headers.get("x-request-id")
            events = server_events(response.iter_bytes())
            async for event in events:
                if event.data.strip() == DONE:
                    self.done = True
                    await _read_to_the_end(events)
                    return
                chunk = json.loads(event.data)
                if event.name == "error" or not isinstance(chunk, dict) or chunk.get("error"):
                    self.error = chunk.get("error", chunk) if isinstance(chunk, dict) else chunk
                    return
                pieces = self._take(chunk)
                if any(pieces):
                    yield pieces

    def _take(self, chunk: dict[str, Any]) -> tuple[str, str]:
        self.usage = usage_from(chunk.get("usage")) or self.usage
        text = reasoning = ""
        for choice in map(_object, chunk.get("choices") or ()):
            self.finish_reason = _string(choice.get("finish_reason")) or self.finish_reason
            delta = _object(choice.get("delta") or {})
            text += _string(delta.get("content")) + _string(delta.get("refusal"))
            # llama.cpp and DeepSeek say reasoning_content, vLLM and Ollama say reasoning.
            reasoning += _string(delta.get("reasoning_content")) or _string(delta.get("reasoning"))
        return text, reasoning


async def _read_to_the_end(events: AsyncIterator[ServerEvent]) -> None:
    """Let the connection serve the next request, too: only one that was read to its end can."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(LONGEST_GOODBYE):
            async for _ in events:
                pass


def usage_from(wire: Any) -> Usage | None:
    """The usage object of the wire as our own; None where it is absent or its numbers cannot be."""
    if not isinstance(wire, dict):
        return None
    reasoning = _detail(wire, "completion_tokens_details", "reasoning_tokens")
    usage = Usage(
        wire.get("prompt_tokens"),
        _output_tokens(wire, reasoning),
        _detail(wire, "prompt_tokens_details", "cached_tokens"),
        reasoning,
    )
    counts = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens)
    if not all(type(count) is int and 0 <= count <= MOST_TOKENS for count in counts):
        return None
    return usage if usage.cached_tokens <= usage.input_tokens else None


def _output_tokens(wire: dict[str, Any], reasoning: Any) -> Any:
    """All that the model wrote. xAI and some gateways count reasoning beside the completion, as their total shows."""
    completion = wire.get("completion_tokens")
    try:
        beside = wire.get("total_tokens") == wire["prompt_tokens"] + completion + reasoning
        return completion + reasoning if reasoning and beside else completion
    except (KeyError, TypeError):
        return completion


def _detail(wire: dict[str, Any], group: str, name: str) -> Any:
    details = wire.get(group)
    return (details.get(name) or 0) if isinstance(details, dict) else 0


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a chunk holds {type(value).__name__} where an object belongs")
    return value


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
