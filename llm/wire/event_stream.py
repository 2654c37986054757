"""Reading server-sent events byte by byte, so that a cut, a comment and `[DONE]` can be told apart.

The `openai` package hides them: its stream ends without a word on a clean cut and on `[DONE]` alike.
The format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

LONGEST_EVENT = 8 * 2**20  # bytes; a server that sends more without an end would fill the memory


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One dispatched event; `name` is empty unless the server named it."""

    name: str
    data: str


async def server_events(chunks: AsyncIterable[bytes]) -> AsyncIterator[ServerEvent]:
    """The events in a stream of bytes, each as soon as it is whole; comments are skipped.

    An event that the stream's end cuts short is not dispatched. Raises UnicodeDecodeError on bad UTF-8, ValueError
    for an event of more than `LONGEST_EVENT` bytes.
    """
    name, data, size = "", [], 0
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name, "\n".join(data))
            name, data, size = "", [], 0
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            size += len(value)
            _refuse_endless(size)
            data.append(value)
        elif field == "event":
            name = value


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    # Split at bytes: str.splitlines would also split at U+2028, which JSON may hold as it is.
    open_line: list[bytes] = []
    size = 0
    async for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            line = b"".join([*open_line, end])
            open_line, size = [], 0
            yield line.removesuffix(b"\r").decode()
        open_line.append(rest)
        size += len(rest)
        _refuse_endless(size)


def _refuse_endless(size: int) -> None:
    if size > LONGEST_EVENT:
        raise ValueError("an event without an end")
