"""One streamed chat completion: iterate it once; what the server said of it stands on it afterwards."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from llm.types import Usage
from llm.wire.echo import Echo
from llm.wire.event_stream import LONGEST_EVENT, ServerEvent, server_events

if TYPE_CHECKING:
    from openai import AsyncOpenAI

DONE = "[DONE]"
SMALL = 16 * 1024  # bytes that are read in some milliseconds at most
REFUSAL = "refusal"  # the finish reason of a text that came as a refusal, whatever the server called its end
LONGEST_GOODBYE = 0.1  # seconds between `[DONE]` and the end of the connection's answer


class Completion:
    """A chat completion request and its answer.

    Iterating sends the request and yields (text, reasoning) for each piece of content that arrived; both are empty
    for a piece of a tool call. Afterwards: `finish_reason`, `usage`, `request_id` as the server gave them, `done` if
    it said `[DONE]`, and `error` if it put an error into its answer; `echo` is what it said of itself. `accepted` says
    that the server took the request.
    Raises what the `openai` package raises before the first byte, and ValueError for an event that is not JSON.
    """

    def __init__(self, client: "AsyncOpenAI", body: dict[str, Any], connect: float) -> None:
        self._client, self._body, self._connect = client, body, connect
        self.accepted = False
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.request_id: str | None = None
        self.done = False
        self.error: Any = None
        self.echo = Echo()

    @property
    def ended_well(self) -> bool:
        """Whether the server said that the reply was whole; a clean end of the connection says nothing."""
        return self.error is None and (self.done or self.finish_reason is not None)

    async def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        from openai import Timeout

        create = self._client.chat.completions.with_streaming_response.create
        # As extra_body it is sent as it is: as arguments the SDK walks every message through its types, 0.15 ms each.
        given = {"model": self._body["model"], "messages": [], "stream": True}
        timeout = Timeout(None, connect=self._connect)
        async with create(**given, extra_body=self._body, timeout=timeout) as response:
            self.accepted = True
            self.request_id = response.headers.get("x-request-id")
            async for chunk in self._chunks(_in_turn(response.iter_bytes())):
                if not isinstance(chunk, dict) or chunk.get("error"):
                    self.error = chunk.get("error", chunk) if isinstance(chunk, dict) else chunk
                    return
                for pieces in self._take(chunk):
                    yield pieces

    async def _chunks(self, body: AsyncIterator[bytes]) -> AsyncIterator[Any]:
        """The JSON of each event or, from a server that answers with a whole reply all the same, that one."""
        start = b""
        while not start.strip() and (piece := await anext(body, None)) is not None:
            start += piece
        whole = start.lstrip().startswith(b"{")
        chunks = _whole(start, body) if whole else self._events(server_events(_joined(start, body)))
        async for chunk in chunks:
            yield chunk

    async def _events(self, events: AsyncIterator[ServerEvent]) -> AsyncIterator[Any]:
        """The JSON of each event, up to `[DONE]`; that of an event named error counts as one."""
        async for event in events:
            if event.data.strip() == DONE:
                self.done = True
                await _read_to_the_end(events)
                return
            chunk = json.loads(event.data)
            yield {"error": _error_in(chunk)} if event.name == "error" else chunk

    def _take(self, chunk: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What one chunk brought, and note what it said besides. A whole reply has `message` in place of `delta`."""
        self.usage = usage_from(chunk.get("usage")) or self.usage
        self.echo.take(chunk)
        for choice in map(_object, _list(chunk.get("choices"))):
            said = _object(choice.get("delta") or choice.get("message") or {})
            refusal = _string(said.get("refusal"))
            if self.finish_reason != REFUSAL:
                self.finish_reason = REFUSAL if refusal else _string(choice.get("finish_reason")) or self.finish_reason
            # llama.cpp and DeepSeek say reasoning_content, vLLM and Ollama say reasoning.
            reasoning = _string(said.get("reasoning_content")) or _string(said.get("reasoning"))
            text = _string(said.get("content")) + refusal
            if text or reasoning or said.get("tool_calls") or said.get("function_call"):
                yield text, reasoning


async def _in_turn(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in small pieces, with a moment for all else that runs after each: much of it may unfold from a few
    compressed bytes."""
    async for piece in body:
        for start in range(0, len(piece), SMALL):
            yield piece[start : start + SMALL]
            await asyncio.sleep(0)


async def _whole(start: bytes, body: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    async for piece in body:
        start += piece
        if len(start) > LONGEST_EVENT:
            raise ValueError("a reply without an end")
    yield json.loads(start)


async def _joined(start: bytes, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for piece in body:
        yield piece


def _error_in(chunk: Any) -> Any:
    return (chunk.get("error") or chunk or "error") if isinstance(chunk, dict) else chunk or "error"


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
    if not all(type(count) is int and count >= 0 for count in counts):
        return None
    parts_fit = usage.cached_tokens <= usage.input_tokens and usage.reasoning_tokens <= usage.output_tokens
    return usage if parts_fit and usage.input_tokens else None


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


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
