"""Reading server-sent events byte by byte, so that a cut, a comment and `[DONE]` can be told apart.

The `openai` package hides them: its stream ends without a word on a clean cut and on `[DONE]` alike.
The format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One dispatched event; `name` is empty unless the server named it."""

    name: str
    data: str


async def server_events(chunks: AsyncIterable[bytes]) -> AsyncIterator[ServerEvent]:
    """The events in a stream of bytes, each as soon as it is whole; comments are skipped.

    An event that the stream's end cuts short is not dispatched. Raises UnicodeDecodeError on bad UTF-8.
    """
    name, data = "", []
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name, "\n".join(data))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    # Split at bytes: str.splitlines would also split at U+2028, which JSON may hold as it is.
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode()
