"""What a turn costs the page, in what is sent and drawn, not in time: it does not grow with what was there before."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import messages, open_chat, send, settled, watched_page
from tests.upstream import Answer

CONTROL = b"How much chance there is in the choice of each word"  # the help of a control


class Received:
    """What the server has sent to a page: the frames of Streamlit's connection, the addresses asked for."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.addresses: list[str] = []

    @property
    def size(self) -> int:
        return sum(map(len, self.frames))


@contextmanager
def received(page: Page):
    """What the page receives from its next load on."""
    seen = Received()

    def listen(socket) -> None:
        socket.on("framereceived", lambda data: seen.frames.append(data if isinstance(data, bytes) else data.encode()))

    page.on("websocket", listen)
    page.on("request", lambda request: seen.addresses.append(request.url))
    yield seen


@pytest.fixture
def watched(page: Page, server) -> tuple[Page, Received]:
    with received(page) as seen:
        open_chat(page, server)
        settled(page)
        yield page, seen


def turn(page: Page, prompt: str) -> None:
    """A whole turn, until the page is at rest."""
    replies = page.locator(".toolbar-caption").count()
    send(page, prompt)
    expect(page.locator(".toolbar-caption")).to_have_count(replies + 1)
    settled(page)


def test_a_turn_draws_no_control_again(watched):
    page, seen = watched
    assert any(CONTROL in frame for frame in seen.frames)
    turn(page, "你好")
    seen.frames.clear()
    turn(page, "once more")
    assert seen.frames
    assert not any(CONTROL in frame for frame in seen.frames)


def test_a_turn_that_begins_is_drawn_once_and_in_its_place(watched, upstream):
    page, _ = watched
    upstream.answer = Answer(hold_after=1)
    page.evaluate(
        """() => {
          window.most = 0;
          new MutationObserver(() => {
            const drawn = [...document.querySelectorAll('[data-testid=stChatMessage]')].map(e => e.innerText);
            const twice = drawn.filter(text => text.includes('问题')).length;
            window.most = Math.max(window.most, twice);
          }).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    send(page, "问题 a question")
    expect(messages(page).nth(1)).to_contain_text("Hello")
    expect(page.locator(".st-key-stop")).to_be_visible()
    expect(page.locator(".live-turn")).to_have_count(0)
    assert page.evaluate("most") == 1
    assert "?c=" in page.url
    expect(messages(page)).to_have_count(2)
    upstream.release()
    expect(page.locator(".toolbar-caption")).to_have_count(1)
    expect(messages(page)).to_have_count(2)


def test_a_refused_prompt_draws_no_turn_and_the_next_one_does(watched, upstream):
    page, _ = watched
    turn(page, "first")
    send(page, "my key is sk-test-0123456789")
    expect(page.locator("[data-testid=stBottom]")).to_contain_text("key")
    expect(messages(page)).to_have_count(2)
    expect(page.locator(".live-turn")).to_have_count(0)
    turn(page, "another")
    expect(messages(page)).to_have_count(4)


def test_the_page_is_sent_a_reply_as_a_whole_and_nothing_for_each_token(watched, upstream):
    page, seen = watched
    sizes = []
    for words in (400, 1600):
        upstream.answer = Answer(chunks=tuple(f"word{n:05} " for n in range(words)), delay=0.0005)
        seen.frames.clear()
        turn(page, "speak")
        sizes.append(seen.size)
    text = 1200 * len("word00000 ")
    # What the longer reply adds: itself, once as drawn and once to be copied, at its end. Nothing for each token.
    assert sizes[1] - sizes[0] < 4 * text


def test_the_stream_is_asked_for_once_in_a_turn(watched, upstream):
    page, seen = watched
    turn(page, "first")
    seen.addresses.clear()
    turn(page, "second")
    streams = [address for address in seen.addresses if "/turn/" in address or "/live/" in address]
    assert len(streams) == 1


def test_a_new_conversation_wanted_just_after_sending_is_not_covered_by_the_turn(watched, upstream):
    page, _ = watched
    upstream.answer = Answer(hold_after=1)
    send(page, "a long story")
    page.locator(".st-key-new_conversation button").click()
    upstream.release()
    settled(page)
    expect(page.locator(".live-turn")).to_have_count(0)
    turn(page, "another 另一个")
    expect(messages(page).last.locator(".toolbar-copy")).to_be_visible()
    assert [request["messages"][-1]["content"] for request in upstream.requests][-1] == "another 另一个"


def test_a_conversation_deleted_in_another_tab_while_it_streams_is_said_to_be_gone(watched, server, browser, upstream):
    page, _ = watched
    upstream.answer = Answer(hold_after=1)
    send(page, "gone soon")
    expect(messages(page).nth(1)).to_contain_text("Hello")
    expect(page.locator(".st-key-stop")).to_be_visible()
    with watched_page(browser) as other:
        other.goto(page.url)
        entry = other.locator(".st-key-conversations [class*=st-key-menu_] button").first
        entry.click()
        other.get_by_text("Delete", exact=True).click()
        expect(messages(other)).to_have_count(0)
    expect(page.locator("[data-testid=stBottom]")).to_contain_text("This conversation is not here")
    expect(messages(page)).to_have_count(0)
    assert "?c=" not in page.url
