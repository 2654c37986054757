"""What comes in: our own files and ChatGPT's, whole, once, or not at all."""

import io
import json
import re
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.reading.chatgpt import record_of
from exchange.reading.importing import Stage, import_of
from exchange.reading.json_stream import JsonStream, NotJson
from exchange.writing.exports import Format, Wanted, export
from llm.types import Status
from storage.exchange.checking import Malformed, check
from storage.experiments.rerun_records import Way
from tests.exchange.chatgpt_export import as_json, as_zip, conversation, nothing_said, said, text
from tests.storage.samples import SETTINGS, say


@pytest.fixture
def bring(store, tmp_path):
    """Imports bytes; gives the import as it ended."""

    def bring(data, name="conversations.json"):
        path = tmp_path / "incoming"
        path.write_bytes(data)
        job = import_of(path, name)
        job.run(store.exchange.arrival())
        return job

    return bring


def only(store):
    [listed] = store.conversations.recent(9)
    return store.messages.path(listed.id)


def test_a_chatgpt_conversation_comes_in_with_its_branches(store, bring):
    job = bring(as_json(conversation(), nothing_said()))
    assert (job.stage, job.problem) == (Stage.DONE, "")
    assert job.summary.came == "1 conversation came in, with 9 messages in 3 branches."
    assert job.summary.stayed == ["1 conversation was empty: nothing was said there."]
    assert dict(job.summary.left_out) == {"image": 1, "tool message": 1}
    path = only(store)
    assert [m.role for m in path] == ["user", "assistant"] * 3
    assert [m.text for m in path] == [
        "How tall is it? 多高？",
        "330 m.",
        "In feet, by Python?",
        "```python\nprint(330 * 3.28084)\n```\n\n```\n1082.6772\n```\n\nAbout 1,083 ft. 约一千英尺。",
        "[image]\n\nIs this it?",
        "> Tower – https://example.org\n> The tower\n\nYes, it",
    ]
    assert [m.siblings for m in path] == [2, 2, 1, 1, 1, 1]
    assert [m.reply.settings.model for m in path if m.reply] == ["gpt-4o", "o3", "gpt-4o"]
    assert path[3].reply.reasoning == "Units\n1 m is 3.28 ft.\n\nThought for 4s"
    assert (path[5].reply.status, path[5].reply.finish_reason) == (Status.COMPLETE, "length")
    [listed] = store.conversations.recent(9)
    assert listed.title == "埃菲尔铁塔 Eiffel Tower"
    assert listed.updated_at.isoformat() == "2024-10-27T03:48:20.500000+00:00"
    assert store.conversations.spent(listed.id).replies == 0


def test_the_second_time_nothing_comes_in_and_what_has_grown_stands_beside(store, bring):
    bring(as_json(conversation()))
    job = bring(as_zip(conversations__json=as_json(conversation(), conversation())))
    assert job.summary.came == "Nothing new came in."
    assert job.summary.stayed == ["2 conversations were here already."]
    grown = conversation()
    grown["mapping"]["cut"]["children"] = ["next"]
    grown["mapping"] |= said("next", "cut", role="user", content=text("还有吗？"))
    assert bring(as_json(grown, grown)).summary.conversations == 1
    assert len(store.conversations.recent(9)) == 2


def test_a_zip_in_parts_is_read_as_one(store, bring):
    packed = as_zip(
        **{
            "conversations-000__json": as_json(conversation("a")),
            "conversations-001__json": as_json(conversation("b")),
        },
        user__json=b"{}",
        chat__html=b"<html>",
    )
    job = bring(packed, "export.zip")
    assert (job.stage, job.summary.conversations) == (Stage.DONE, 2)


def test_a_common_part_of_two_answers_stands_in_both():
    talk = conversation()
    talk["mapping"]["output"]["children"].append("final-2")
    talk["mapping"] |= said("final-2", "output", content=text("1083"), model_slug="o3")
    record, _ = record_of(talk)
    answers = [m["text"] for m in record["messages"] if "1082.6772" in m["text"]]
    assert [answer.rpartition("\n\n")[2] for answer in answers] == ["About 1,083 ft. 约一千英尺。", "1083"]


def long_answer(pieces):
    """A prompt, and an answer in so many pieces, each below the one before."""
    mapping = {**said("ask", None, "0", role="user", content=text("问"))}
    for n in range(pieces):
        children = [str(n + 1)] if n + 1 < pieces else []
        mapping |= said(str(n), "ask" if n == 0 else str(n - 1), *children, content=text("答" * 10))
    return {"title": "长", "create_time": 1_730_000_000.5, "mapping": mapping, "current_node": "0"}


def test_an_answer_in_many_pieces_takes_no_more_memory_than_its_text():
    talk = long_answer(8_000)
    tracemalloc.start()
    try:
        record, _ = record_of(talk)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert [len(message["text"]) for message in record["messages"]] == [1, 8_000 * 12 - 2]
    assert record["leaf_id"] == 2


def test_what_would_be_gigabytes_once_its_branches_are_taken_apart_is_refused():
    talk = long_answer(3)
    talk["mapping"]["0"]["message"]["content"] = {"content_type": "thoughts", "thoughts": [{"content": "想" * 400_000}]}
    for n in range(100):
        talk["mapping"]["1"]["children"].append(f"end {n}")
        talk["mapping"] |= said(f"end {n}", "1", content=text("完"))
    with pytest.raises(Malformed, match="too large"):
        record_of(talk)


def test_nodes_in_a_circle_are_read_once():
    talk = long_answer(3)
    talk["mapping"]["2"]["children"] = ["1", "0", "1"]
    talk["current_node"] = "1"
    record, _ = record_of(talk)
    assert [len(message["text"]) for message in record["messages"]] == [1, 34]
    assert record["leaf_id"] == 2


def test_code_full_of_backticks_is_fenced_at_once():
    talk = long_answer(1)
    code = "`" * 300_000
    talk["mapping"]["0"]["message"]["content"] = {"content_type": "code", "language": "python", "text": code}
    began = time.process_time()
    record, _ = record_of(talk)
    assert time.process_time() - began < 5, "a square of its length would take a minute"
    assert record["messages"][1]["text"] == f"`{code}python\n{code}\n`{code}"


def test_kinds_that_nobody_knows_are_one_kind_in_the_summary():
    talk = long_answer(30)
    for n in range(30):
        talk["mapping"][str(n)]["message"]["content"] = {"content_type": f"kind_{n}", "text": "?"}
    assert record_of(talk)[1] == {"unknown part": 30}


def test_a_replay_with_a_parameter_that_no_server_takes_is_refused(store, bring):
    turn = say(store, "问")
    store.reruns.create(turn.conversation_id, Way.OWN, SETTINGS)
    written = json.loads(b"".join(export(Wanted(Format.JSON), store.exchange).pieces))
    written["conversations"][0]["reruns"][0]["parameters"] = {"temperature": "hot"}
    job = bring(json.dumps(written).encode())
    assert "a parameter has a value that no server could take" in job.problem


BROKEN = {
    "cut off": as_json(conversation())[:-50],
    "no JSON": b"hello",
    "nothing": b"",
    "another file": b'{"name": "package", "version": "1.0"}',
    "a list of others": b"[1, 2, 3]",
    "no mapping": b'[{"title": "x"}]',
    "UTF-16": json.dumps([conversation()], ensure_ascii=False).encode("utf-16"),
    "Latin-1": json.dumps([conversation(title="\xe9\xe8")], ensure_ascii=False).encode("latin-1", "replace"),
    "NaN": as_json(conversation()).replace(b"1730000900.5", b"NaN"),
    "infinite": as_json(conversation()).replace(b"1730000900.5", b"1e999"),
    "long number": as_json(conversation()).replace(b"1730000900.5", b"1" * 10_000),
    "deep": b"[" + b'{"mapping":' * 200_000,
    "deep lists": b"[" * 1_000_000,
    "twice": as_json(conversation()).replace(b'"voice": null', b'"title": "b"'),
    "trailing": as_json(conversation()) + b"[]",
    "a good one and a bad one": as_json(conversation())[:-1] + b', {"mapping": []}]',
    "a zip of pictures": as_zip(a__png=b"x"),
    "a damaged zip": as_zip(conversations__json=as_json(conversation()))[:-40],
    "a bomb": as_zip(conversations__json=b"[" + b" " * 30_000_000 + b"]"),
    "newer": b'{"format": "playground-conversations", "version": 2, "conversations": []}',
    "ours, broken": b'{"format": "playground-conversations", "version": 1, "conversations": [{"id": "a"}]}',
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_file_with_something_wrong_gets_one_sentence_and_changes_nothing(store, bring, data):
    job = bring(data, "我的 file.json")
    assert job.stage is Stage.FAILED
    assert re.fullmatch(r"“我的 file\.json” was not imported: [^.]+(\.json[^.]*)?\. Nothing was changed\.", job.problem)
    assert store.exchange.ids() == []


def test_an_altered_zip_is_damaged(store, bring):
    data = bytearray(as_zip(conversations__json=as_json(*[conversation(str(n)) for n in range(50)])))
    data[len(data) // 2] ^= 0xFF
    assert "damaged" in bring(bytes(data)).problem or "JSON" in bring(bytes(data)).problem
    assert store.exchange.ids() == []


def test_an_import_that_is_stopped_while_it_is_checked_changes_nothing(store, tmp_path):
    (tmp_path / "file").write_bytes(as_json(conversation()))
    job = import_of(tmp_path / "file", "file")
    job.stop()
    job.run(store.exchange.arrival())
    assert (job.stage, store.exchange.ids()) == (Stage.STOPPED, [])


def test_what_is_stopped_while_it_comes_in_is_whole_and_the_rest_comes_the_next_time(store, tmp_path, bring):
    data = as_json(*[conversation(f"c{n}") for n in range(60)])
    (tmp_path / "file").write_bytes(data)
    job = import_of(tmp_path / "file", "file")

    class Stopping(type(store.exchange.arrival())):
        def take(self, records):
            super().take(records)
            job.stop()

    job.run(Stopping(store._file))
    assert job.stage is Stage.STOPPED
    assert 0 < len(store.exchange.ids()) == job.summary.conversations < 60
    again = bring(data)
    assert again.summary.conversations + again.summary.known == 60
    assert len(store.exchange.ids()) == 60


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NODES = [*conversation()["mapping"], "nowhere"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_node_the_rest_makes_sense(data):
    """Fields of other kinds, nodes that are missing, circles: what is read can be stored, or is refused in words."""
    talk = json.loads(json.dumps(conversation()))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(NODES[:-1]))
        part = data.draw(st.sampled_from(["", "message", "content", "metadata", "author"]))
        target = talk["mapping"].get(place) or {}
        target = target if not part else (target.get("message") or {}) if part == "message" else target
        if part in ("content", "metadata", "author"):
            target = (target.get("message") or {}) if isinstance(target.get("message"), dict) else {}
            target = target.get(part) if isinstance(target.get(part), dict) else {}
        names = sorted(target) if isinstance(target, dict) else []
        if names:
            odd = ODD | st.sampled_from(NODES) | st.lists(st.sampled_from(NODES), max_size=4)
            target[data.draw(st.sampled_from(names))] = data.draw(odd)
    try:
        record, _ = record_of(talk)
    except Malformed:
        return
    assert record is None or check(record)


@settings(max_examples=200, deadline=None)
@given(st.lists(ODD, max_size=6), st.integers(1, 40), st.booleans())
def test_a_list_is_read_item_by_item_however_its_bytes_arrive(items, size, ascii_only):
    data = json.dumps(items, ensure_ascii=ascii_only).encode("utf-8", "replace")
    expected = json.loads(data)
    file = io.BytesIO(data)
    assert list(JsonStream(lambda _: file.read(size)).items()) == expected


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_json_or_said_to_be_none(data):
    file = io.BytesIO(b"[" + data)
    with suppress(NotJson):
        found = list(JsonStream(file.read).items())
        assert json.JSONDecoder().raw_decode((b"[" + data).decode())[0] == found


def test_what_is_packed_with_a_password_is_said(bring):
    data = bytearray(as_zip(conversations__json=as_json(conversation())))
    data[6] |= 1  # the flag in the file's own header, and in the directory
    data[data.rindex(b"PK\1\2") + 8] |= 1
    assert "password" in bring(bytes(data)).problem


def test_a_zip_that_says_it_lists_gigabytes_is_refused(bring):
    data = bytearray(as_zip(conversations__json=as_json(conversation())))
    place = data.rindex(b"PK\5\6")
    data[place + 12 : place + 16] = (2**32 - 1).to_bytes(4, "little")
    assert "too many files" in bring(bytes(data)).problem
