"""A real OpenAI-compatible server on a socket of its own, whose answers the tests set piece by piece.

It speaks HTTP by hand, so that it can also answer as no proper server would: cut, silent, malformed.
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ODD_USAGE = {"prompt_tokens": 1237, "completion_tokens": 311, "total_tokens": 1548}
MODELS = ("gpt-4o-mini", "gpt-5-mini", "house-model", "text-embedding-3-small", "whisper-1")


@dataclass(frozen=True)
class Answer:
    """What the server does with a chat request."""

    chunks: tuple[str, ...] = ("Hello", " from", " upstream.")
    reasoning: tuple[str, ...] = ()
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(ODD_USAGE))
    finish_reason: str | None = "stop"
    done: bool = True
    delay: float = 0.0  # seconds between two chunks
    hold_after: int | None = None  # wait for `release` after this many chunks
    status: int = 200
    body: bytes | None = None  # sent as it is in place of events
    events: tuple[bytes, ...] = ()  # raw events after the chunks
    deltas: tuple[dict[str, Any], ...] = ()  # whole deltas after the chunks
    headers: dict[str, str] = field(default_factory=dict)  # beside or instead of the usual ones
    silent: bool = False  # take the request and say nothing at all
    reset: bool = False  # break the connection after the chunks
    usage_each_time: bool = False  # report the usage so far in every chunk, as some servers do


class Upstream:
    """The running server: `requests` and `headers` of the chats that arrived, `closed` counts clients gone.

    `said` has the moment (monotonic seconds), the prompt and the text of every piece that left.
    """

    def __init__(self) -> None:
        self.answer = Answer()
        self.script: list[Answer] = []  # the answers to the next requests, before `answer`
        self.models: tuple[str, ...] = MODELS
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.said: list[tuple[float, str, str]] = []
        self.closed = 0
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._released: asyncio.Event | None = None
        self._ended: asyncio.Event | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def release(self) -> None:
        """Let every held answer go on."""
        self._loop.call_soon_threadsafe(self._released.set)

    def hold(self) -> None:
        """Hold again what comes from now on."""
        self._loop.call_soon_threadsafe(self._released.clear)

    async def serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._released, self._ended = asyncio.Event(), asyncio.Event()
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._ended.wait()
        server.close()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                path, headers = head
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if path.endswith("/models"):
                    listed = {"object": "list", "data": [{"id": m, "object": "model"} for m in self.models]}
                    await _respond(writer, 200, json.dumps(listed).encode())
                elif path.endswith("/chat/completions"):
                    request = json.loads(body)
                    self.requests.append(request)
                    self.headers.append(headers)
                    answer = self.script.pop(0) if self.script else self.answer
                    await self._chat(answer, request["messages"][-1]["content"], reader, writer)
                    return
                else:
                    await _respond(writer, 404, b"{}")
        except BrokenPipeError:  # our own: a reset instead of an orderly end
            writer.transport.abort()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.closed += 1
        finally:
            writer.close()

    async def _chat(
        self, answer: Answer, prompt: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if answer.silent:
            await reader.read(1)
            raise ConnectionResetError
        if answer.body is not None:
            await _respond(writer, answer.status, answer.body, {"Connection": "close"} | answer.headers)
            return
        headers = {"Content-Type": "text/event-stream", "X-Request-Id": "req-7"} | answer.headers
        writer.write(b"HTTP/1.1 200 OK\r\n" + _header_lines(headers) + b"Connection: close\r\n\r\n")
        gone = asyncio.create_task(reader.read(1))
        gone.add_done_callback(lambda task: task.cancelled() or task.exception())  # a reset client is no news
        async for event in self._events(answer, prompt):
            writer.write(event)
            await writer.drain()
            if gone.done():
                raise ConnectionResetError
        gone.cancel()

    async def _events(self, answer: Answer, prompt: str) -> AsyncIterator[bytes]:
        deltas = [{"reasoning_content": piece} for piece in answer.reasoning]
        deltas += [{"content": piece} for piece in answer.chunks]
        deltas += answer.deltas
        for n, delta in enumerate((*deltas, None)):
            if n == answer.hold_after:
                async for beat in self._until_released():
                    yield beat
            if delta is not None:
                await asyncio.sleep(answer.delay)
                self.said.append((time.monotonic(), prompt, delta.get("content") or ""))
                usage = {"usage": answer.usage | {"completion_tokens": n}} if answer.usage_each_time else {}
                yield _event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}], **usage})
        if answer.reset:
            raise BrokenPipeError
        for event in _ending(answer):
            yield event

    async def _until_released(self) -> AsyncIterator[bytes]:
        # A comment now and then is how a server notices that its client has gone.
        while not self._released.is_set():
            yield b": still here\n\n"
            await asyncio.sleep(0.02)


@contextmanager
def running_upstream() -> Iterator[Upstream]:
    """A server on a free port, in a thread of its own."""
    upstream, ready = Upstream(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(upstream.serve(ready)), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield upstream
    finally:
        upstream.end()
        thread.join(10)


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    headers = (line.partition(":") for line in lines[1:] if line)
    return lines[0].split(" ")[1], {name.strip().lower(): value.strip() for name, _, value in headers}


async def _respond(
    writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    told = {"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})
    writer.write(f"HTTP/1.1 {status} Said\r\n".encode() + _header_lines(told) + b"\r\n" + body)
    await writer.drain()


def _header_lines(headers: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")


def _ending(answer: Answer) -> Iterator[bytes]:
    if answer.finish_reason:
        yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": answer.finish_reason}]})
    if answer.usage:
        yield _event({"choices": [], "usage": answer.usage})
    yield from answer.events
    if answer.done:
        yield b"data: [DONE]\n\n"


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps({"id": "chatcmpl-7", "object": "chat.completion.chunk", **chunk}).encode() + b"\n\n"
