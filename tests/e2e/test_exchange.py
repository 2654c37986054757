"""Conversations leave as files and come in as files: one, chosen ones, all; ours and ChatGPT's."""

import json
import zipfile
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from llm.types import Settings
from storage.store import Store
from tests.e2e.conftest import Server, messages, open_chat, send, settled, watched_page
from tests.exchange.chatgpt_export import as_json, as_zip, conversation
from tests.storage.samples import say, say_again
from tests.upstream import Answer

KEY = "sk-test-0123456789"
HOSTILE = "![pixel](http://evil.example/p.png) <script>document.title = '!'</script> **好** [x](javascript:alert(1))"


@pytest.fixture
def empty(tmp_path, upstream):
    """A playground with nothing in it."""
    with Server(tmp_path, OPENAI_BASE_URL=upstream.base_url) as server:
        yield server


def export(page: Page, label: str, to) -> str:
    """Fetch a file from the dialog that is open; its name."""
    with page.expect_download() as download:
        page.locator(".export-link").filter(has_text=label).click()
    download.value.save_as(to)
    return download.value.suggested_filename


def bring(page: Page, server: Server, path) -> None:
    """Import a file and see what the page says at the end."""
    page.goto(server.url + "/library")
    page.locator(".st-key-library_import button").click()
    page.locator(".upload-input").set_input_files(path)
    expect(page.locator(".st-key-import_close button")).to_be_visible()
    settled(page)


def summary(page: Page):
    return page.locator(".st-key-import")


def test_the_open_conversation_leaves_as_a_page_that_does_nothing_and_as_markdown(page, server, upstream, tmp_path):
    upstream.answer = Answer(chunks=(HOSTILE,))
    open_chat(page, server)
    send(page, "你好 export")
    expect(messages(page).nth(1)).to_contain_text("好")
    settled(page)
    page.locator(".st-key-header_menu button").first.click()
    page.get_by_text("Export", exact=True).click()
    assert export(page, "Web page", tmp_path / "page.html") == "你好-export.html"
    assert export(page, "Markdown", tmp_path / "page.md") == "你好-export.md"
    assert HOSTILE in (tmp_path / "page.md").read_text("utf-8")
    html = (tmp_path / "page.html").read_text("utf-8")
    assert KEY not in html
    offline = page.context.browser.new_context(offline=True)
    try:
        read, asked = offline.new_page(), []
        read.on("request", lambda request: asked.append(request.url))
        read.goto((tmp_path / "page.html").as_uri())
        expect(read.locator(".assistant strong")).to_have_text("好")
        assert read.title() == "你好 export"
        assert read.locator("img, script, iframe").count() == 0
        assert len(asked) == 1
    finally:
        offline.close()


def test_all_leave_and_come_into_an_empty_playground_once(browser, server, empty, tmp_path):
    with closing(Store(server.folder / "playground.db")) as store:
        turn = say(store, "树 a tree", settings=Settings("", "house-model"))
        say_again(store, turn, "另一个 another")
        store.conversations.rename(turn.conversation_id, "一棵树")
    with watched_page(browser) as page:
        page.goto(server.url + "/library")
        page.locator(".st-key-library_export button").click()
        expect(page.get_by_text("All conversations")).to_be_visible()
        assert export(page, "JSON", tmp_path / "all.json") == "conversations.json"
        page.get_by_text("For fine-tuning").click()
        expect(page.get_by_text("each time all are gone through")).to_be_visible()
        export(page, "JSONL", tmp_path / "all.jsonl")
        export(page, "Markdown", tmp_path / "all.zip")
    written = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert KEY not in json.dumps(written)
    assert all(json.loads(line)["messages"] for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines())
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "一棵树.md" in archive.namelist()
    with watched_page(browser) as page:
        bring(page, empty, tmp_path / "all.json")
        count = len(written["conversations"])
        expect(summary(page)).to_contain_text(f"{count:,} conversation")
        bring(page, empty, tmp_path / "all.json")
        expect(summary(page)).to_contain_text("Nothing new came in.")
        page.goto(f"{empty.url}/?c={turn.conversation_id}")
        expect(messages(page).nth(1)).to_contain_text("另一个 another")
        expect(messages(page).nth(1).locator(".toolbar-place")).to_have_text("2/2")


def test_a_chatgpt_export_comes_in_with_its_branches_and_a_broken_file_changes_nothing(browser, empty, tmp_path):
    (tmp_path / "export.zip").write_bytes(as_zip(conversations__json=as_json(conversation()), user__json=b"{}"))
    (tmp_path / "cut.json").write_bytes(as_json(conversation("other"))[:-40])
    with watched_page(browser) as page:
        bring(page, empty, tmp_path / "cut.json")
        expect(summary(page)).to_contain_text(
            "“cut.json” was not imported: it is cut off or no JSON. Nothing was changed."
        )
        expect(page.locator("[class*=st-key-open_]")).to_have_count(0)
        page.locator(".st-key-import_close button").click()
        bring(page, empty, tmp_path / "export.zip")
        expect(summary(page)).to_contain_text("1 conversation came in, with 9 messages in 3 branches.")
        expect(summary(page)).to_contain_text("Left out: 1 image")
        page.locator(".st-key-conversations [class*=st-key-open_] button").first.click()
        expect(messages(page).last).to_contain_text("Yes, it")
        expect(messages(page).nth(1)).to_contain_text("330 m.")
        messages(page).nth(1).locator(".toolbar-next").click()
        expect(messages(page).nth(1)).to_contain_text("Three hundred and thirty")
        expect(messages(page).nth(1)).to_contain_text("gpt-4o-mini")
