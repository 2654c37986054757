"""A server that echoes the key: whole, in pieces, encoded, in errors. The key is nowhere, a mark is in its place."""

import base64
import json
from contextlib import closing
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.servers.directory import BUILT_IN, Directory
from llm.servers.local_model import LocalModel, find_model
from llm.servers.secrets import MARK, KeyMask, forms, hide
from llm.types import Parameters, PlaygroundError, Settings, Status
from tests.playground import KEY, Playground
from tests.upstream import Answer

INSTALLED = LocalModel(find_model({}))
AWKWARD = 'sk-"quoted"\\slash/+=&%'


def anywhere(folder):
    """The files that hold the key in any form, but for the one that the user wrote it into."""
    needles = [form.encode() for form in forms(KEY)]
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != ".env"]
    return [file.name for file in files if any(needle in file.read_bytes() for needle in needles)]


@pytest.mark.parametrize("size", [1, 2, 5, 17, 18, 40])
def test_an_echoed_key_becomes_a_mark_however_it_is_cut(playground, upstream, tmp_path, size):
    said = f"你的密钥是 {KEY}，对吗？ {KEY}{KEY} sk-test-01 不是"
    pieces = tuple(said[i : i + size] for i in range(0, len(said), size))
    upstream.answer = Answer(chunks=pieces, reasoning=pieces)
    message = playground.answer()
    assert message.text == message.reply.reasoning == said.replace(KEY, MARK)
    assert anywhere(tmp_path) == []


def test_an_echoed_key_is_hidden_in_errors_and_names_too(playground, upstream, tmp_path):
    upstream.answer = Answer(status=401, body=json.dumps({"error": {"message": f"bad key {KEY}"}}).encode())
    assert playground.answer().reply.failure.detail == f"bad key {MARK}"
    upstream.answer = Answer(finish_reason=f"because {KEY}", headers={"X-Request-Id": KEY})
    reply = playground.answer().reply
    assert (reply.finish_reason, reply.request_id) == (f"because {MARK}", MARK)
    assert anywhere(tmp_path) == []


def test_a_key_that_the_end_cuts_off_is_hidden_as_far_as_it_tells_something(playground, upstream, tmp_path):
    upstream.answer = Answer(chunks=("Key: ", KEY[:-1]), done=False, finish_reason=None)
    message = playground.answer()
    assert (message.text, message.reply.status) == (f"Key: {MARK}", Status.INCOMPLETE)
    upstream.answer = Answer(chunks=("Keys begin with ", "sk-"))
    assert playground.answer().text == "Keys begin with sk-"


@pytest.mark.parametrize("settings", [{}, {"system_prompt": f"用 {KEY}"}, {"stop_sequences": (KEY,)}, {"model": KEY}])
def test_a_key_that_the_user_types_is_not_sent_or_stored(playground, upstream, tmp_path, settings):
    prompt = "hello" if settings else f"my key is {KEY}"
    with pytest.raises(PlaygroundError, match="Your API key stands in"):
        playground.send(prompt, settings=playground.settings(**settings))
    assert upstream.requests == []
    assert anywhere(tmp_path) == []


@pytest.mark.skipif(INSTALLED.availability() is not None, reason="the built-in model is not installed")
def test_nor_is_it_where_another_connection_than_its_own_is_asked(playground, upstream, tmp_path):
    def both(environment, _, runner):
        return Directory(environment, INSTALLED, runner)

    there = Settings(BUILT_IN.name, INSTALLED.model)
    telling = Settings(BUILT_IN.name, INSTALLED.model, Parameters(system_prompt=f"用 {KEY}"))
    with closing(Playground(playground.store, upstream, tmp_path, both)) as beside:
        for prompt, settings in ((f"钥匙 {KEY}", there), ("你好", telling)):
            with pytest.raises(PlaygroundError, match="Your API key stands in"):
                beside.send(prompt, settings=settings)
            with pytest.raises(PlaygroundError, match="Your API key stands in"):
                beside.turns.refuse(None, prompt, settings)
        with pytest.raises(PlaygroundError, match="Your API key stands in this title"):
            beside.directory.refuse_keys("this title", f"标题 {KEY}")
    assert anywhere(tmp_path) == []


@pytest.mark.parametrize("shown", [3, 8])
def test_a_key_that_is_continued_is_not_completed(playground, upstream, tmp_path, shown):
    upstream.script = [Answer(chunks=("Key: ", KEY[:shown]), finish_reason="length")]
    first = playground.answer()
    assert first.text == f"Key: {KEY[:shown]}"
    upstream.answer = Answer(chunks=(KEY[shown:], " 完"))
    assert playground.go_on(first).text == f"Key: {KEY[:shown]}{MARK} 完"
    assert anywhere(tmp_path) == []


def test_what_only_began_like_a_key_is_continued_as_it_is(playground, upstream):
    upstream.script = [Answer(chunks=("Keys begin with sk-",), finish_reason="length")]
    first = playground.answer()
    upstream.answer = Answer(
        chunks=(
            "te",
            "st or 别的",
        )
    )
    assert playground.go_on(first).text == "Keys begin with sk-test or 别的"


def test_models_that_carry_the_key_in_their_names_are_not_listed(playground, upstream):
    upstream.models = ("house-model", f"model-{KEY}")
    assert playground.directory.listing(playground.directory.all()[0], 5).models == ("house-model",)


@pytest.mark.parametrize("encode", [str, quote, json.dumps, lambda k: base64.b64encode(k.encode()).decode()])
@pytest.mark.parametrize("key", [KEY, AWKWARD])
def test_an_encoded_key_is_a_key(encode, key):
    assert MARK in hide(f"x {encode(key)} y", key)


@pytest.mark.parametrize("before", ["", "a", "ab", "Bearer "])
def test_a_key_inside_encoded_text_is_found_wherever_it_begins(before):
    encoded = base64.b64encode(f"{before}{KEY} and more".encode()).decode()
    assert MARK in hide(encoded, KEY)


@pytest.mark.parametrize("key", ["", "ollama", "EMPTY", "no-key-needed", "sk-no-key-required", "lm-studio"])
def test_what_is_no_secret_is_an_ordinary_word(key):
    assert hide(f"You said {key}.", key) == f"You said {key}."


@given(st.lists(st.sampled_from([KEY, KEY[:5], KEY[5:], "sk-", "字", "c", "z", " "]), max_size=12), st.data())
def test_however_a_text_is_cut_the_same_is_shown(parts, data):
    text = "".join(parts) + "。"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    mask, shown = KeyMask(KEY), ""
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        shown += mask.add(text[start:end])
    assert shown + mask.rest() == hide(text, KEY)
    assert KEY not in shown
