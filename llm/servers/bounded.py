"""Bodies of HTTP answers cut at a size that no list, error or reply has, however far a compressed one would expand."""

from collections.abc import AsyncIterator

import httpx2

MOST_BYTES = 16 * 2**20  # of a body that is read whole; events are bounded where they are read
EVENTS = "text/event-stream"


class FirstBytes(httpx2.AsyncByteStream):
    """The first `MOST_BYTES` of an answer's body, decoded piece by piece."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for piece in self._answer.aiter_bytes():
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._answer.aclose()


async def bound(response: httpx2.Response) -> None:
    """A response hook of httpx2: whoever reads the body whole reads at most `MOST_BYTES`.

    Raises DecodingError for a body that is compressed more than once: a few bytes could become hours of work.
    """
    if "," in response.headers.get("content-encoding", ""):
        raise httpx2.DecodingError("compressed more than once")
    if response.headers.get("content-type", "").startswith(EVENTS):
        return
    answer = httpx2.Response(
        response.status_code, headers=response.headers, stream=response.stream, request=response.request
    )
    response.stream = FirstBytes(answer)
    for name in ("content-encoding", "content-length"):
        response.headers.pop(name, None)
