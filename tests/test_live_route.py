"""What a page is told of a reply while it arrives: each character once, and the end never before the last of them."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

import live_route
from live_route import WAITING, Watched, stream
from llm.replies.live import Figures, LiveReply
from llm.types import Cost, Provenance, Spent, Usage


def live_reply(text: str = "", reasoning: str = "", live: bool = True) -> LiveReply:
    reply = LiveReply("00ff", "conversation", 1)
    reply.add(text, reasoning)
    reply.figures = Figures(Usage(5, 7), Cost(None, Provenance.UNPRICED))
    if not live:
        reply.end()
    return reply


def watched(reply: LiveReply, *seen: int) -> Watched:
    return Watched(reply, Spent(), *seen)


def items_of(event: bytes) -> list[dict]:
    return json.loads(event.decode().split("data: ", 1)[1])


async def told(*replies: Watched, gone=()) -> list[dict]:
    return [item async for event in stream(list(replies), list(gone)) for item in items_of(event)]


def test_a_finished_reply_is_told_whole_with_its_meters_and_its_end():
    (item,) = asyncio.run(told(watched(live_reply("你好 😀", "想", live=False))))
    assert item["text"] == [0, "你好 😀"]
    assert item["reasoning"] == [0, "想"]
    assert item["end"] is True
    assert "output" in item["meters"]


def test_a_page_that_comes_back_is_told_only_what_it_has_not_seen():
    (item,) = asyncio.run(told(watched(live_reply("你好 😀!", "想想", live=False), 4, 2)))
    assert item["text"] == [4, "!"]
    assert "reasoning" not in item


def test_of_a_masked_reply_only_the_text_is_told_and_what_is_said_meanwhile_names_nobody():
    reply = live_reply("你好", "想 house-model")
    reply.say("house-model is loading…")
    masked = Watched(reply, Spent(), masked=True)
    assert masked.news() == {"reply": "00ff", "text": [0, "你好"], "notice": WAITING}
    assert masked.news() is None
    reply.end()
    assert masked.news() == {"reply": "00ff", "end": True}


def test_a_reply_that_is_not_known_has_ended():
    assert asyncio.run(told(gone=[{"reply": "00", "end": True}])) == [{"reply": "00", "end": True}]


@given(st.lists(st.text(max_size=5), max_size=8))
def test_the_pieces_make_the_text_and_the_end_comes_last(pieces):
    reply = live_reply()

    async def write_and_read() -> list[dict]:
        reading = asyncio.create_task(told(watched(reply)))
        for piece in pieces:
            await asyncio.sleep(0)
            reply.add(piece, "")
        reply.end()
        return await reading

    items = asyncio.run(write_and_read())
    shown = ""
    for offset, piece in (item["text"] for item in items if "text" in item):
        assert offset == len(shown)
        shown += piece
    assert shown.encode("utf-8", "replace") == "".join(pieces).encode("utf-8", "replace")
    assert ["end" in item for item in items] == [False] * (len(items) - 1) + [True]


def test_the_end_does_not_wait_for_the_pause_between_two_events(monkeypatch):
    monkeypatch.setattr(live_route, "PAUSE", 60)
    reply = live_reply("a")

    async def read() -> None:
        events = stream([watched(reply)], [])
        assert items_of(await anext(events))[0]["text"] == [0, "a"]
        rest = asyncio.create_task(anext(events))
        await asyncio.sleep(0)
        reply.end()
        assert items_of(await asyncio.wait_for(rest, 10))[0]["end"] is True

    asyncio.run(read())


def test_meters_follow_a_text_that_came_too_soon_after_the_last_reading():
    reply = live_reply("a")

    async def read() -> None:
        events = stream([watched(reply)], [])
        assert "meters" in items_of(await anext(events))[0]
        reply.add("b", "")
        assert "meters" not in items_of(await anext(events))[0]
        assert items_of(await asyncio.wait_for(anext(events), 10)) == [
            {"reply": "00ff", "meters": watched(reply).news()["meters"]}
        ]

    asyncio.run(read())


def test_half_a_character_does_not_end_the_stream():
    (item,) = asyncio.run(told(watched(live_reply("a\ud83db", live=False))))
    assert item["text"] == [0, "a?b"]


def test_nobody_is_woken_after_the_page_has_gone():
    reply = live_reply("a")

    async def leave() -> None:
        events = stream([watched(reply)], [])
        await anext(events)
        await events.aclose()

    asyncio.run(leave())
    assert reply._observers == set()
