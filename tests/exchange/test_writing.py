"""What goes out: complete, readable, harmless, under names that every system takes."""

import io
import json
import re
import zipfile
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from exchange.reading.importing import Stage, import_of
from exchange.writing.exports import Format, Wanted, export
from exchange.writing.names import numbered, stem
from exchange.writing.training import Chosen, checked
from llm.types import Status
from storage.store import Store
from tests.storage.samples import FAILED, outcome, say, say_again
from tests.storage.test_exchange import HARD, content, conversation

HOSTILE = """<script>alert(1)</script> <img src=x onerror=alert(1)> ![pixel](https://evil.example/p.png)
[click](javascript:alert(1)) [data](data:text/html,x) <https://evil.example> </div></main>
```html
<iframe src="https://evil.example"></iframe>
```
| a | b |
|---|---|
| =1+1 | 表格 |
"""


def made(store, format, *ids, **more):
    file = export(Wanted(format, ids or None, **more), store.exchange)
    return file, b"".join(file.pieces)


def test_what_is_exported_and_imported_into_an_empty_database_is_equal_table_by_table(store, tmp_path):
    conversation(store)
    conversation(store, "第二 <b>&\u2028\u0007")
    _, data = made(store, Format.JSON)
    (tmp_path / "all.json").write_bytes(data)
    with closing(Store(tmp_path / "other.db")) as other:
        job = import_of(tmp_path / "all.json", "all.json")
        job.run(other.exchange.arrival())
        assert (job.stage, job.summary.conversations) == (Stage.DONE, 2)
        assert content(other) == content(store)
        again = import_of(tmp_path / "all.json", "all.json")
        again.run(other.exchange.arrival())
        assert again.summary.known == 2
        assert content(other) == content(store)


@settings(max_examples=10, deadline=None)
@given(HARD)
def test_any_text_goes_through_a_file(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("texts")
    with closing(Store(folder / "a.db")) as store, closing(Store(folder / "b.db")) as other:
        conversation(store, text)
        (folder / "a.json").write_bytes(made(store, Format.JSON)[1])
        import_of(folder / "a.json", "a").run(other.exchange.arrival())
        assert content(other) == content(store)
        for format in Format:
            assert made(store, format)[1] is not None


def test_conversations_are_written_one_after_the_other(store):
    """None is read before the one before it has been written: a hundred thousand need no more memory than one."""
    for number in range(200):
        say(store, f"第{number} " + "x" * 2_000)
    read = []

    class Watched:
        ids = store.exchange.ids

        @staticmethod
        def records(ids):
            for record in store.exchange.records(ids):
                read.append(record["id"])
                yield record

    pieces = export(Wanted(Format.JSON), Watched).pieces
    next(pieces)
    assert 0 < len(read) < 100
    for _ in pieces:
        pass
    assert len(read) == 200


def test_a_page_is_whole_in_itself_and_nothing_in_it_runs_or_loads(store):
    turn = say(store, HOSTILE, HOSTILE)
    store.conversations.rename(turn.conversation_id, "<script>标题</script>")
    file, data = made(store, Format.PAGE, turn.conversation_id)
    html = data.decode()
    assert "default-src 'none'; style-src 'unsafe-inline'" in html.partition("</head>")[0]
    tags = {tag.lower() for tag in re.findall(r"<([a-z0-9]+)", html)}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "svg", "link", "base", "video", "audio"}
    assert not re.search(r"""<[^>]*\s(on\w+|src|srcdoc|style)=""", html)
    assert set(re.findall(r'href="(\w+):', html)) <= {"https", "http", "mailto"}
    assert "<table>" in html
    assert "表格" in html
    assert file.name == "script-标题-script.html"


def test_markdown_reads_as_it_was_said_with_what_made_it(store):
    turn = say(store, "你好 *there*", "**好**的。", end=outcome(Status.FAILED, failure=FAILED))
    say_again(store, turn)
    store.messages.show_sibling(turn.reply_message_id, 0)
    text = made(store, Format.MARKDOWN, turn.conversation_id)[1].decode()
    assert "# 标题\n" in text
    assert "## Instructions\n\n> 用中文回答。" in text
    assert "\n\n你好 *there*\n" in text
    assert "*模型-7b · ≈5 tokens · 1.50 s · ≈$0.25*\n\n**好**的。\n\n*Failed: The account has no credit left.*" in text
    assert "1 other branch" in text
    assert MarkdownIt().render(text)


def test_several_are_a_zip_with_names_of_their_own(store):
    for title in ("Same", "same", "CON", "../../x", "", "你好/世界"):
        turn = say(store, "问")
        store.conversations.rename(turn.conversation_id, title)
    file, data = made(store, Format.MARKDOWN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = ["Same.md", "same_2.md", "conversation-CON.md", "x.md", "conversation.md", "你好-世界.md"]
        assert archive.namelist() == names
    assert (file.name, file.media_type) == ("conversations.zip", "application/zip")


@given(st.text(st.characters(exclude_categories=())))
def test_every_name_is_safe(title):
    name = stem(title)
    assert re.fullmatch(r"[^\W_]+(-[^\W_]+)*", name)
    assert len(name.encode()) <= 200
    taken = {}
    assert numbered(title, taken) != numbered(title, taken)


def test_only_good_examples_are_for_training_and_the_others_are_named(store):
    good = say(store, "一加一？", "二。")
    say(store, "再加一？", "三。", good.conversation_id)
    bad = {
        "empty": say(store, "空", " "),
        "failed": say(store, "坏", "半", end=outcome(Status.FAILED, failure=FAILED)),
        "long": say(store, "长", "长话。" * 60_000),
    }
    for title, turn in bad.items():
        store.conversations.rename(turn.conversation_id, title)
    lines = made(store, Format.TRAINING, model="gpt-4o-mini")[1].decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "messages": [
                {"role": "system", "content": "用中文回答。"},
                {"role": "user", "content": "一加一？"},
                {"role": "assistant", "content": "二。"},
                {"role": "user", "content": "再加一？"},
                {"role": "assistant", "content": "三。"},
            ]
        }
    ]
    found = checked(store.exchange.records(store.exchange.ids()), "gpt-4o-mini", Chosen.OPEN)
    assert (found.good, found.bad) == (1, 3)
    assert 30 < found.tokens < 60
    assert found.cost == Decimal(3) * found.tokens / 1_000_000
    assert [title for title, _ in found.faults] == ["empty", "failed", "long"]
    assert [fault for _, fault in found.faults[:2]] == ["message 2 is empty", "message 2: failed"]
    assert checked([], "somebody's model", Chosen.OPEN).cost is None


def test_a_thumb_up_makes_a_reply_an_example(store):
    turn = say(store, "一", "好")
    again = say_again(store, turn, "更好")
    say(store, "二", "完", turn.conversation_id)
    record = store.exchange.record(turn.conversation_id)
    rating = {"message_id": again.reply_message_id, "thumb": "up", "rated_at": record["created_at"], "word": ""}
    first = {**rating, "message_id": turn.reply_message_id, "thumb": "down"}
    found = checked([record | {"ratings": [rating, first]}], "gpt-4o", Chosen.RATED)
    assert (found.good, found.bad) == (1, 0)


@pytest.mark.parametrize("format", list(Format))
def test_a_conversation_that_is_gone_meanwhile_is_left_out(store, format):
    turn = say(store, "问")
    store.conversations.delete(turn.conversation_id)
    file, data = made(store, format, turn.conversation_id)
    assert file.name.startswith("conversations.")
    assert isinstance(data, bytes)
