"""An OpenAI-compatible server whose replies are set by the prompt, and which knows when it said what.

`python -m benchmarks.mock_server PORT`, on this machine only. A process of its own, so that its work is nobody else's.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from benchmarks.texts import pieces

MODEL = "gpt-4o-mini"  # its prices and window are known, so all meters have something to do
_moments: dict[str, dict[str, float]] = {}


@dataclass(frozen=True)
class Order:
    """What a prompt asks for; `rate` is tokens a second, 0 all at once, `mark` stands at both ends of the reply."""

    mark: str
    tokens: int
    rate: float = 0
    markdown: bool = False

    @property
    def prompt(self) -> str:
        style = " markdown" if self.markdown else ""
        return f"tokens={self.tokens} rate={self.rate:g} mark={self.mark}{style}"

    @classmethod
    def read(cls, prompt: str) -> "Order":
        """The order in a prompt; another prompt is answered with two tokens."""
        set_to = dict(re.findall(r"(\w+)=(\S+)", prompt))
        tokens, rate = int(set_to.get("tokens", 2)), float(set_to.get("rate", 0))
        return cls(set_to.get("mark", ""), tokens, rate, prompt.endswith(" markdown"))


async def models(_: Request) -> JSONResponse:
    return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model"}]})


async def moments(request: Request) -> JSONResponse:
    """When the request with this mark arrived and its first and last token left, in milliseconds since 1970."""
    return JSONResponse(_moments.get(request.path_params["mark"], {}))


async def chat(request: Request) -> StreamingResponse:
    arrived = _now()
    messages = (await request.json())["messages"]
    order = Order.read(messages[-1]["content"])
    known = _moments[order.mark] = {"arrived": arrived}
    read = sum(len(message["content"]) for message in messages) // 4
    return StreamingResponse(_reply(order, read, known), media_type="text/event-stream")


async def _reply(order: Order, read: int, known: dict[str, float]) -> AsyncIterator[bytes]:
    said = [_event(_choice({"content": piece})) for piece in pieces(order.tokens, order.mark, order.markdown)]
    async for events in _paced(said, order.rate):
        known["last"] = _now()
        known.setdefault("first", known["last"])
        yield events
    usage = {"prompt_tokens": read, "completion_tokens": len(said), "total_tokens": read + len(said)}
    yield _event(_choice({}, "stop")) + _event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n"


async def _paced(events: list[bytes], rate: float) -> AsyncIterator[bytes]:
    """The events one by one on a schedule that does not drift, or all in one piece."""
    if not rate:
        yield b"".join(events)
        return
    start = time.monotonic()
    for number, event in enumerate(events):
        await asyncio.sleep(start + number / rate - time.monotonic())
        yield event


def _choice(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", **chunk}).encode() + b"\n\n"


def _now() -> float:
    return time.time() * 1000


app = Starlette(
    routes=[
        Route("/v1/models", models),
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/moments/{mark}", moments),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
