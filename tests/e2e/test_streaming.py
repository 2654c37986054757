"""A reply goes on whatever the page does, and is whole when one comes back."""

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, messages, open_chat, send, settled, watched_page
from tests.upstream import Answer

HALF, WHOLE = "The first half 前半", "The first half 前半 and the second 后半."
HELD = Answer(chunks=("The first half ", "前半", " and the second ", "后半."), hold_after=2)


@pytest.fixture
def streaming(page: Page, server, upstream) -> Page:
    """A page in which half a reply has arrived and the rest is held back."""
    upstream.answer = HELD
    open_chat(page, server)
    send(page, "Tell me 告诉我")
    expect(messages(page).nth(1)).to_contain_text(HALF)
    return page


def finished(page: Page, upstream) -> None:
    """Let the reply end; it is whole, in its conversation, and was asked for once."""
    upstream.release()
    expect(messages(page)).to_have_count(2)
    expect(messages(page).nth(0)).to_contain_text("Tell me 告诉我")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    expect(messages(page).nth(1)).to_contain_text(WHOLE)
    assert len(upstream.requests) == 1


def test_reload(streaming, upstream):
    streaming.reload()
    expect(messages(streaming).nth(1)).to_contain_text(HALF)
    finished(streaming, upstream)


def test_closed_tab(streaming, upstream, server, browser):
    address = streaming.url
    streaming.close()
    upstream.release()
    with watched_page(browser) as later:
        later.goto(address)
        finished(later, upstream)


def test_a_control_moved(streaming, upstream):
    streaming.locator(".st-key-temperature").get_by_role("slider").press("ArrowRight")
    expect(streaming.locator(".st-key-temperature")).to_contain_text("0")
    finished(streaming, upstream)


def test_another_page_and_back(streaming, upstream):
    streaming.get_by_role("link", name="Models").click()
    expect(streaming.get_by_role("heading", name="Models")).to_be_visible()
    streaming.get_by_role("link", name="Chat").click()
    expect(messages(streaming).nth(1)).to_contain_text(HALF)
    finished(streaming, upstream)


def test_a_second_tab_sees_it_stream(streaming, upstream, browser):
    with watched_page(browser) as second:
        second.goto(streaming.url)
        expect(messages(second).nth(1)).to_contain_text(HALF)
        finished(streaming, upstream)
        finished(second, upstream)


def test_another_conversation_meanwhile(streaming, upstream):
    address = streaming.url
    streaming.locator(".st-key-new_conversation button").click()
    expect(messages(streaming)).to_have_count(0)
    upstream.release()
    streaming.goto(address)
    finished(streaming, upstream)


def test_ten_switches_between_conversations(streaming, upstream, server):
    address = streaming.url
    for _ in range(5):
        streaming.locator(".st-key-new_conversation button").click()
        expect(messages(streaming)).to_have_count(0)
        streaming.locator(".st-key-conversations button").first.click()
        expect(messages(streaming).nth(1)).to_contain_text(HALF)
    assert streaming.url == address
    finished(streaming, upstream)


def test_ten_clicks_on_whatever_there_is(streaming, upstream):
    slider = streaming.locator(".st-key-temperature").get_by_role("slider")
    for number in range(10):
        slider.press("ArrowRight")
        if number % 3 == 0:
            streaming.locator(".st-key-more_parameters summary").click()
    finished(streaming, upstream)


def test_offline_for_a_while(streaming, upstream):
    streaming.context.set_offline(True)
    streaming.wait_for_timeout(5_000)  # the fault itself takes this long
    streaming.context.set_offline(False)
    expect(messages(streaming).nth(1)).to_contain_text(HALF)
    finished(streaming, upstream)


def test_offline_while_the_reply_ends(streaming, upstream, server):
    streaming.context.set_offline(True)
    upstream.release()
    streaming.wait_for_timeout(1_000)
    streaming.context.set_offline(False)
    finished(streaming, upstream)


def the_one_that_shows(text: str, *tabs: Page) -> Page:
    deadline = time.monotonic() + 10
    while not (found := [tab for tab in tabs if tab.get_by_text(text).is_visible()]):
        assert time.monotonic() < deadline, f"no tab shows {text}"
        tabs[0].wait_for_timeout(50)
    return found[0]


def test_two_tabs_that_send_at_once_get_one_reply_after_the_other(page, server, upstream, browser):
    open_chat(page, server)
    send(page, "First 第一")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    with watched_page(browser) as second:
        second.goto(page.url)
        expect(messages(second)).to_have_count(2)
        upstream.answer = HELD
        prompts = {page: "From one 甲", second: "From two 乙"}
        for tab, prompt in prompts.items():
            tab.locator(".st-key-prompt textarea").fill(prompt)
        for tab in prompts:
            tab.locator(".st-key-prompt textarea").press("Enter")
        refused = the_one_that_shows("still streaming", page, second)
        expect(refused.locator(".st-key-prompt textarea")).to_have_value(prompts[refused])
        upstream.release()
        expect(messages(page).nth(3)).to_contain_text(WHOLE)
        refused.locator(".st-key-prompt textarea").press("Enter")
        expect(messages(refused)).to_have_count(6)
        expect(messages(refused).nth(5)).to_contain_text(WHOLE)
    assert len(upstream.requests) == 3
    assert [m["role"] for m in upstream.requests[2]["messages"]] == ["user", "assistant"] * 2 + ["user"]


@pytest.mark.parametrize("clicks", [2, 10])
def test_regenerate_clicked_more_than_once_asks_once(streaming, upstream, clicks):
    finished(streaming, upstream)
    upstream.answer = Answer(chunks=("Another 另一个.",))
    streaming.locator(".toolbar-regenerate").click(click_count=clicks)
    expect(messages(streaming).nth(1)).to_contain_text("Another 另一个.")
    expect(messages(streaming).nth(1)).to_contain_text("2/2")
    settled(streaming)
    assert len(upstream.requests) == 2


def test_stop_keeps_what_arrived(streaming, upstream):
    streaming.locator(".st-key-stop button").click()
    expect(messages(streaming).nth(1)).to_contain_text("Stopped")
    expect(messages(streaming).nth(1)).to_contain_text(HALF)
    expect(streaming.locator(".st-key-meters")).to_contain_text("≈")
    upstream.release()


def test_a_second_message_is_refused_and_kept(streaming, upstream):
    send(streaming, "Too early 太早")
    expect(streaming.get_by_text("still streaming")).to_be_visible()
    expect(streaming.locator(".st-key-prompt textarea")).to_have_value("Too early 太早")
    finished(streaming, upstream)


def test_regenerate_keeps_both_replies(streaming, upstream):
    finished(streaming, upstream)
    upstream.answer = Answer(chunks=("Another one 另一个.",))
    messages(streaming).nth(1).locator(".toolbar-regenerate").click()
    expect(messages(streaming).nth(1)).to_contain_text("Another one 另一个.")
    expect(messages(streaming).nth(1)).to_contain_text("2/2")
    messages(streaming).nth(1).locator(".toolbar-previous").click()
    expect(messages(streaming).nth(1)).to_contain_text(WHOLE)
    expect(messages(streaming).nth(1)).to_contain_text("1/2")


def test_a_failure_is_a_sentence_with_retry(page, server, upstream):
    upstream.answer = Answer(status=500, body=b'{"error": {"message": "<img src=http://evil.example/x> out of order"}}')
    open_chat(page, server)
    send(page, "Hello")
    expect(messages(page).nth(1)).to_contain_text("Failed")
    expect(messages(page).nth(1)).not_to_contain_text("Traceback")
    upstream.answer = Answer()
    page.locator("[class*=st-key-retry] button").click()
    expect(messages(page).nth(1)).to_contain_text("Hello from upstream.")


def saved_within(file: Path, text: str, seconds: float) -> None:
    """Wait until a reply's text is in the file: it is saved once a second."""
    deadline = time.monotonic() + seconds
    while True:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            if database.execute("SELECT 1 FROM messages WHERE text = ?", (text,)).fetchone():
                return
        assert time.monotonic() < deadline, "the reply was not saved while it streamed"
        time.sleep(0.05)


def test_kill_9_keeps_the_message_and_the_reply_so_far(tmp_path, browser, upstream):
    upstream.answer = HELD
    with Server(tmp_path, OPENAI_BASE_URL=upstream.base_url) as server, watched_page(browser) as page:
        page.goto(server.url)
        send(page, "Tell me 告诉我")
        expect(messages(page).nth(1)).to_contain_text(HALF)
        saved_within(tmp_path / "playground.db", HALF, seconds=3)
        server.end(signal.SIGKILL)
        server.start()
        expect(messages(page).nth(1)).to_contain_text("Interrupted", timeout=30_000)  # in the open tab, by itself
        with watched_page(browser) as later:
            later.goto(page.url)
            expect(messages(later).nth(0)).to_contain_text("Tell me 告诉我")
            expect(messages(later).nth(1)).to_contain_text(HALF)
            expect(messages(later).nth(1)).to_contain_text("Interrupted")
            output = later.locator(".st-key-meters [data-meter=output]")
            expect(output).to_contain_text("≈")
            expect(output).not_to_have_text("≈0 tokens")
