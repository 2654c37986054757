"""Server-sent events, however the bytes are cut."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.wire.event_stream import ServerEvent, server_events


def read(*chunks: bytes) -> list[ServerEvent]:
    async def source():
        for chunk in chunks:
            yield chunk

    async def collect():
        return [event async for event in server_events(source())]

    return asyncio.run(collect())


@given(st.lists(st.text(), max_size=6), st.data())
def test_any_text_arrives_whole_however_the_bytes_are_cut(texts, data):
    payloads = [json.dumps({"t": text}, ensure_ascii=False).replace("\r", "\\r") for text in (*texts, "你好\u2028世界")]
    payloads = [p.encode("utf-8", "replace").decode() for p in payloads]
    wire = "".join(f"data: {p}\n\n" for p in payloads).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=5)))
    chunks = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert [event.data for event in read(*chunks)] == payloads


def test_comments_and_unknown_fields_are_skipped():
    assert read(b": keep-alive\n\nid: 4\nretry: 10\ndata: x\n\n") == [ServerEvent("", "x")]


def test_an_event_has_its_name_and_all_its_lines():
    assert read(b"event: error\r\ndata: one\r\ndata: two\r\n\r\n") == [ServerEvent("error", "one\ntwo")]


def test_an_event_that_the_end_cuts_short_is_not_dispatched():
    assert read(b"data: whole\n\ndata: cut") == [ServerEvent("", "whole")]


def test_bad_utf_8_raises():
    with pytest.raises(UnicodeDecodeError):
        read(b"data: \xff\xfe\n\n")
