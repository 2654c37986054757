"""Showing a conversation to others by the keyboard: recorded, at its own speed, or asked live; never a blank screen."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, messages, open_chat, send, settled
from tests.upstream import Answer

HOSTILE = "天空 <img src=x onerror=alert(1)> **first**"
TEN_MINUTES = 600_000  # milliseconds


def ask(page: Page, prompt: str) -> None:
    replies = page.locator(".toolbar-caption").count()
    send(page, prompt)
    expect(page.locator(".toolbar-caption")).to_have_count(replies + 1)
    settled(page)


def choose(page: Page, message: int, name: str) -> None:
    """Take what the menu of a message offers."""
    messages(page).nth(message).locator(".toolbar-more").click()
    page.locator(f".toolbar-menu:popover-open .toolbar-{name}").click()
    settled(page)


def from_header(page: Page, label: str) -> None:
    page.locator(".st-key-header_menu button:visible").click()  # an unseen one measures its width
    page.get_by_role("menuitem", name=label).click()


def conversation(page: Page) -> str:
    return page.url.partition("c=")[2].partition("&")[0]


def slowed(server: Server, page: Page) -> None:
    """Have the replies of the open conversation recorded as if all but their first word had come ten minutes later."""
    with closing(sqlite3.connect(server.folder / "playground.db")) as connection, connection:
        connection.execute(
            f"""UPDATE replies SET chunk_times = '[[20,{TEN_MINUTES}],[5,15]]'
            WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?)""",
            (conversation(page),),
        )


def at_place(page: Page, text: str) -> None:
    expect(page.locator(".present-place")).to_have_text(text)
    settled(page)


def test_moments_are_pinned_captioned_ordered_and_walked_through_by_the_keyboard(page, server, upstream):
    open_chat(page, server)
    ask(page, "第一个问题")
    upstream.answer = Answer(chunks=("Another **answer**.",))
    ask(page, "a second question")
    choose(page, 1, "pin")
    choose(page, 2, "pin")
    expect(page.locator(".toolbar-unpin")).to_have_count(2)
    from_header(page, "Moments")
    page.locator(".st-key-moments input").first.fill(HOSTILE)
    page.locator(".st-key-moments input").first.press("Enter")
    settled(page)
    page.locator(".st-key-moments [class*=st-key-up_] button:enabled:visible").click()
    settled(page)
    expect(page.locator(".st-key-moments [data-testid=stCaptionContainer]").first).to_contain_text("a second question")
    page.locator(".st-key-present_moments button").click()
    at_place(page, "1 of 2")
    for control in ("stSidebar", "stHeader", "stChatInput"):
        expect(page.get_by_test_id(control).locator("visible=true")).to_have_count(0)
    expect(page.locator(".st-key-present_prompt")).to_have_text("a second question")
    expect(page.locator(".st-key-present")).not_to_contain_text("Another answer.")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-present_reply")).to_have_text("Another answer.")
    expect(page.locator(".present-made")).to_contain_text("Recorded")
    expect(page.locator(".present-made")).to_contain_text("house-model · 311 tokens")
    page.keyboard.press(" ")
    at_place(page, "2 of 2")
    assert "at=2" in page.url
    page.reload()
    at_place(page, "2 of 2")
    expect(page.locator(".st-key-present_caption")).to_have_text(HOSTILE)
    expect(page.locator(".st-key-present_prompt")).to_have_text("第一个问题")
    page.keyboard.press("r")
    expect(page.locator(".st-key-present_reply")).to_have_text("Hello from upstream.")
    page.keyboard.press("PageUp")
    at_place(page, "1 of 2")
    expect(page.locator(".st-key-present")).not_to_contain_text("Another answer.")
    page.keyboard.press("Escape")
    expect(messages(page)).to_have_count(4)
    settled(page)
    assert "at=" not in page.url
    from_header(page, "Present")
    at_place(page, "1 of 2")
    page.keyboard.press("ArrowRight")
    at_place(page, "2 of 2")
    page.go_back()
    expect(messages(page)).to_have_count(4)


def test_a_reply_plays_again_in_its_place_marked_as_recorded_without_a_request(page, server, upstream):
    open_chat(page, server, "gpt-4o-mini")
    ask(page, "say it 再说一遍")
    slowed(server, page)
    cost = page.locator("[data-meter=conversation_cost]")
    spent, requests = cost.inner_text(), len(upstream.requests)
    choose(page, 1, "play")
    expect(messages(page).nth(1)).to_contain_text("Recorded")
    expect(messages(page).nth(1).locator(".live-reply")).to_contain_text("Hello")
    expect(page.locator("[data-meter=output]")).to_contain_text("≈")
    expect(messages(page).nth(1)).not_to_contain_text("upstream")
    assert cost.inner_text() == spent
    page.locator(".st-key-stop_playback button").click()
    expect(messages(page).nth(1)).to_contain_text("Hello from upstream.")
    expect(messages(page).nth(1)).not_to_contain_text("Recorded")
    expect(page.locator("[data-meter=output]")).to_have_text("311 tokens")
    choose(page, 1, "play")
    page.locator(".st-key-pace").get_by_text("At once").click()
    expect(page.locator(".toolbar-caption")).to_have_count(1)
    assert cost.inner_text() == spent
    assert len(upstream.requests) == requests


def test_a_live_request_that_fails_while_presenting_gives_way_to_the_recorded_reply(page, server, upstream):
    open_chat(page, server)
    ask(page, "问 ask me live")
    slowed(server, page)
    from_header(page, "Present")
    at_place(page, "1 of 1")
    upstream.answer = Answer(hold_after=1, chunks=("Now ", "live."))
    page.locator(".present-ask").click()
    expect(page.locator(".present-made")).to_contain_text("Live")
    upstream.release()
    expect(page.locator(".st-key-present_reply")).to_have_text("Now live.")
    settled(page)
    upstream.answer = Answer(status=400, body='{"error": {"message": "今天不行"}}'.encode())
    page.locator(".present-ask").click()
    expect(page.locator(".st-key-present_reply")).to_contain_text("Failed")
    requests = len(upstream.requests)
    page.locator(".st-key-show_recorded button").click()
    expect(page.locator(".st-key-present_reply .live-reply")).to_contain_text("Hello")
    expect(page.locator(".present-made")).to_contain_text("Recorded")
    expect(page.locator(".st-key-present_reply")).not_to_contain_text("upstream")
    page.locator(".present-stop").click()
    expect(page.locator(".st-key-present_reply")).to_have_text("Hello from upstream.")
    settled(page)
    page.keyboard.press("p")
    expect(page.locator(".st-key-present_reply .live-reply")).to_be_visible()
    page.keyboard.press("Escape")
    expect(messages(page).nth(1)).to_contain_text("Hello from upstream.")  # what was open still is
    expect(messages(page).nth(1).locator(".toolbar-place")).to_have_text("1/3")
    assert len(upstream.requests) == requests
