"""Live replies as server-sent events: what has arrived since the page last heard, as soon as it arrives."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from components.figures import live_texts
from llm.replies.live import LiveReply
from llm.types import Spent
from services import services

MOST_REPLIES = 16  # of one page
MASK = "~"  # before the id of a reply of which only the text is to be told
WAITING = "Waiting…"
PATIENCE = 10.0  # seconds that a stream waits for the turn that its tab has asked for
LOOK_UP = 0.2  # seconds in which it does not notice that the server ends
PAUSE = 0.04  # seconds between two events that bring text: faster is hardly seen, and drawn at a third more cost
METER_PAUSE = 0.25  # seconds between two readings of the meters
PING = 15.0  # seconds of silence until an event says that the server is still there
_open: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
_closing = threading.Event()
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass
class Watched:
    """A reply as one page has seen it: positions are code points of its text and its reasoning."""

    reply: LiveReply
    spent_before: Spent | None  # None: it is recorded, and spends nothing
    text: int = 0
    reasoning: int = 0
    masked: bool = False  # tells its text alone: what the rest says gives a hidden model away
    announced: bool = True  # False: the page does not know yet that it began
    notice: str = ""
    meters_at: float = 0.0
    meters_stale: bool = False

    def news(self) -> dict[str, Any] | None:
        """What has changed since the last call; `end` comes with or after the last text."""
        ended = not self.reply.live  # read before the text, so that no text can come after the end
        item: dict[str, Any] = {}
        if not self.announced:
            item["began"], self.announced = [self.reply.conversation_id, self.reply.message_id], True
        text, reasoning = self.reply.text, self.reply.reasoning
        if len(reasoning) > self.reasoning:
            item["reasoning"] = [self.reasoning, reasoning[self.reasoning :]]
        if len(text) > self.text:
            item["text"] = [self.text, text[self.text :]]
        if self.reply.notice != self.notice:
            item["notice"] = self.notice = self.reply.notice
        self.text, self.reasoning = len(text), len(reasoning)
        self.meters_stale = self.meters_stale or bool(item)
        if ended or (self.meters_stale and time.monotonic() - self.meters_at > METER_PAUSE):
            self.meters_at, self.meters_stale = time.monotonic(), False
            item["meters"] = live_texts(self.reply, self.spent_before)
        if self.masked:
            item = _without_names(item)
        if ended:
            item["end"] = True
        return {"reply": self.reply.id, **item} if item else None


def _without_names(item: dict[str, Any]) -> dict[str, Any]:
    """Of what has changed only the text, and that there is a notice."""
    told = {name: item[name] for name in ("began", "text") if name in item}
    return told | ({"notice": WAITING if item["notice"] else ""} if "notice" in item else {})


def end_streams() -> None:
    """End every stream, from any thread or signal handler: a server that ends waits until all its answers have."""
    _closing.set()
    for loop, changed in tuple(_open):
        loop.call_soon_threadsafe(changed.set)


async def live_events(request: Request) -> Response:
    """Stream the replies named in the path, from the position that the browser last saw."""
    ids = request.path_params["ids"].split(",")
    if len(ids) > MOST_REPLIES:
        return PlainTextResponse("Too many replies for one page.", 400)
    positions = _positions(request.headers.get("last-event-id", ""))
    watched, gone = [], []
    for name in dict.fromkeys(ids):
        reply_id = name.removeprefix(MASK)
        if found := await _find(reply_id, *positions.get(reply_id, (0, 0))):
            found.masked = name != reply_id
            watched.append(found)
        else:
            gone.append({"reply": reply_id, "end": True})
    return _response(stream(watched, gone))


async def turn_events(request: Request) -> Response:
    """Stream the reply of a turn that is about to begin: first that it began, or that it did not."""
    found = await _watch(await _begun(request.path_params["turn"]))
    if not found:
        return _response(stream([], [{"began": None}]))
    found.announced = False
    return _response(stream([found], []))


async def _begun(turn: str) -> LiveReply | None:
    """The reply of a turn once it has begun; None if none comes, or the server ends."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not _closing.is_set():
        if reply := await services().announcements.reply(turn, LOOK_UP):
            return reply
    return None


async def _find(reply_id: str, *position: int) -> Watched | None:
    """A reply that streams, or a recorded one that plays, from a position on."""
    if recorded := services().playbacks.find(reply_id):
        return Watched(recorded, None, *position)
    return await _watch(services().turns.find_live(reply_id), *position)


async def _watch(reply: LiveReply | None, *position: int) -> Watched | None:
    """A reply from a position on; None if it has ended, for then the page shows what became of it."""
    if reply is None:
        return None
    before = await asyncio.to_thread(services().store.conversations.spent, reply.conversation_id)
    return Watched(reply, before, *position) if reply.live else None  # else what it cost is in the sum already


def _response(events: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)


async def stream(watched: list[Watched], gone: list[dict[str, Any]]) -> AsyncIterator[bytes]:
    """The events of some replies until all have ended; `gone` are items for those that are no longer known."""
    if gone:
        yield _event(gone, watched)
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    live = watched
    _open.add((loop, changed))
    for each in watched:
        each.reply.subscribe(loop, changed)
    try:
        while live and not _closing.is_set():
            changed.clear()
            items = [item for each in live if (item := each.news())]
            if items:
                yield _event(items, watched)
            ended = {item["reply"] for item in items if "end" in item}
            live = [each for each in live if each.reply.id not in ended]
            pause = PAUSE if any("text" in item or "reasoning" in item for item in items) else 0
            if live and not await _more(changed, live, pause):
                yield b"event: ping\ndata: 0\n\n"
    finally:
        _open.discard((loop, changed))
        for each in watched:
            each.reply.unsubscribe(loop, changed)


async def _more(changed: asyncio.Event, live: list[Watched], pause: float) -> bool:
    """Wait until there is something to send, after a pause in seconds that only an end cuts short; False says all was
    silent."""
    moved = False
    with suppress(TimeoutError):
        async with asyncio.timeout(pause):
            while all(each.reply.live for each in live) and not _closing.is_set():
                await changed.wait()
                changed.clear()
                moved = True
    stale = any(each.meters_stale for each in live)
    with suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), 0 if moved else METER_PAUSE if stale else PING)
    return moved or stale or changed.is_set()


def _event(items: list[dict[str, Any]], watched: list[Watched]) -> bytes:
    position = ",".join(f"{each.reply.id}:{each.text}:{each.reasoning}" for each in watched)
    # A lone half of a character, which a server may send, becomes a question mark: UTF-8 has no place for it.
    return f"id: {position}\ndata: {json.dumps(items, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


def _positions(last_event_id: str) -> dict[str, tuple[int, int]]:
    """The positions in an event's id; whatever is malformed counts as nothing seen."""
    found = {}
    for entry in last_event_id.split(","):
        reply_id, *numbers = entry.split(":")
        if len(numbers) == 2 and all(number.isascii() and number.isdigit() for number in numbers):
            found[reply_id] = (int(numbers[0]), int(numbers[1]))
    return found
