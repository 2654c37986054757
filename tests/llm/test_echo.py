"""What a server says of itself in its chunks: kept as it said it, bounded, without the key."""

import json

import pytest

from llm.types import Echoed
from llm.wire.echo import LONGEST
from tests.playground import KEY
from tests.upstream import Answer

SAID = {
    "id": "chatcmpl-甲",
    "model": "house-model-2026-11",
    "system_fingerprint": "fp_44",
    "service_tier": "flex",
    "created": 1_790_000_000,
}


def echoed(playground, *chunks):
    events = tuple(b"data: " + json.dumps({"choices": []} | chunk).encode() + b"\n\n" for chunk in chunks)
    playground.upstream.answer = Answer(events=events)
    return playground.store.replies.echoed(playground.answer("你好").reply.id)


@pytest.fixture(autouse=True)
def asked(playground, upstream):
    playground.upstream = upstream


def test_what_the_server_says_of_itself_is_kept(playground):
    assert echoed(playground, SAID) == Echoed(**SAID)


def test_a_later_word_counts_and_silence_takes_nothing_back(playground):
    later = {"service_tier": "default", "model": None, "system_fingerprint": ""}
    assert echoed(playground, SAID, later) == Echoed(**SAID | {"service_tier": "default"})


@pytest.mark.parametrize("odd", [7, ["x"], {"a": 1}, True, None, ""])
def test_what_is_no_word_and_no_moment_is_passed_over(playground, odd):
    said = {name: odd for name in SAID} | {"created": "soon"}
    assert echoed(playground, said) == Echoed("chatcmpl-7")
    assert echoed(playground, {"created": -1}, {"created": 10**30}, {"created": True}) == Echoed("chatcmpl-7")


def test_a_long_word_is_cut_and_a_key_is_hidden(playground, tmp_path):
    found = echoed(playground, {"model": "模" * 5_000, "system_fingerprint": f"{'f' * (LONGEST - 9)}{KEY}"})
    assert found.model == "模" * (LONGEST - 1) + "…"
    assert KEY[:6] not in found.system_fingerprint
    assert not any(KEY.encode() in file.read_bytes() for file in tmp_path.iterdir() if file.name != ".env")
