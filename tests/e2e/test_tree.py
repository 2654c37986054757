"""A conversation as a tree: edit, regenerate, fork, switch, jump; the address names the branch."""

from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from llm.types import Provenance, Settings
from storage.store import Store
from tests.e2e.conftest import Server, messages, move_right, open_chat, send, settled, watched_page
from tests.storage.samples import outcome, say
from tests.upstream import Answer

UNPRICED = outcome(cost=None, provenance=Provenance.UNPRICED)
HOSTILE = "<img src=x onerror=alert(1)> ![i](http://evil.example/a.png) :red[x] $1 and $2 恶意"


def tool(page: Page, place: int, name: str) -> Locator:
    return messages(page).nth(place).locator(f".toolbar-{name}")


def said(page: Page, *texts: str) -> None:
    """Wait until exactly these messages are drawn, each containing its text, and the page is at rest."""
    expect(messages(page)).to_have_count(len(texts))
    for place, text in enumerate(texts):
        expect(messages(page).nth(place)).to_contain_text(text)
    settled(page)


def ask(page: Page, upstream, prompt: str, answer: str) -> None:
    upstream.answer = Answer(chunks=(answer,))
    before = messages(page).count()
    send(page, prompt)
    expect(messages(page)).to_have_count(before + 2)
    expect(tool(page, before + 1, "copy")).to_be_visible()
    settled(page)


def edit(page: Page, place: int) -> Locator:
    """The box in which a prompt is typed anew."""
    tool(page, place, "edit").click()
    box = page.locator("[class*=st-key-editor_] textarea")
    expect(box).to_be_focused()
    return box


def named(page: Page) -> str:
    """The message that the address names."""
    return parse_qs(urlsplit(page.url).query)["m"][0]


def prompts(upstream) -> list[str]:
    return [request["messages"][-1]["content"] for request in upstream.requests]


@pytest.fixture
def talk(page: Page, server, upstream) -> Page:
    """Two turns of a conversation."""
    open_chat(page, server)
    ask(page, upstream, "One 一", "Alpha 甲")
    ask(page, upstream, "Two 二", "Beta 乙")
    return page


def test_edits_and_regenerations_are_siblings_that_one_switches_between_by_arrows_and_by_the_address(talk, upstream):
    first_branch = named(talk)
    upstream.answer = Answer(chunks=("Gamma 丙",))
    move_right(talk, "temperature", "0")
    tool(talk, 1, "regenerate").dblclick()
    said(talk, "One 一", "Gamma 丙")
    expect(tool(talk, 1, "place")).to_have_text("2/2")
    assert (prompts(upstream)[-1], upstream.requests[-1]["temperature"], len(upstream.requests)) == ("One 一", 0, 3)
    upstream.answer = Answer(chunks=("Delta 丁",))
    box = edit(talk, 0)
    expect(box).to_have_value("One 一")
    box.fill("Uno 改过")
    box.press("Control+Enter")
    said(talk, "Uno 改过", "Delta 丁")
    expect(tool(talk, 0, "place")).to_have_text("2/2")
    assert len(upstream.requests) == 4
    tool(talk, 0, "previous").click()
    said(talk, "One 一", "Gamma 丙")
    tool(talk, 1, "previous").click()
    said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙")
    assert named(talk) == first_branch
    talk.go_back()
    said(talk, "One 一", "Gamma 丙")
    talk.go_back()
    said(talk, "Uno 改过", "Delta 丁")
    talk.go_forward()
    talk.go_forward()
    said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙")
    ask(talk, upstream, "Three 三", "Epsilon 戊")
    assert named(talk) != first_branch
    talk.reload()
    said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙", "Three 三", "Epsilon 戊")
    assert len(upstream.requests) == 5


def test_an_address_with_a_wrong_message_opens_what_is_open_and_is_put_right(talk, server):
    conversation, right = talk.url.partition("&m=")[0], named(talk)
    for wrong in ("1", "999999", "abc", "-3", "", "9" * 40, "%00", "二"):
        talk.goto(f"{conversation}&m={wrong}")
        said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙")
        talk.wait_for_url(f"**&m={right}")
    talk.goto(conversation)
    said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙")
    talk.wait_for_url(f"**&m={right}")


def test_what_is_typed_stays_until_it_can_be_sent_and_a_reply_goes_on_while_one_looks_elsewhere(talk, upstream):
    box = edit(talk, 0)
    box.fill("   ")
    talk.get_by_role("button", name="Send", exact=True).click()
    expect(talk.locator("[data-testid=stBottom]")).to_contain_text("Type a message first.")
    box.fill("Changed 变了")
    upstream.answer = Answer(chunks=("Half ", "whole 完整"), hold_after=1)
    send(talk, "Three 三")
    expect(messages(talk).last).to_contain_text("Half")
    expect(talk.locator(".live-turn")).to_have_count(0)
    expect(box).to_have_value("Changed 变了")
    talk.get_by_role("button", name="Send", exact=True).click()
    expect(talk.locator("[data-testid=stBottom]")).to_contain_text("A reply is still streaming here.")
    expect(box).to_have_value("Changed 变了")
    assert prompts(upstream) == ["One 一", "Two 二", "Three 三"]
    upstream.release()
    expect(messages(talk).last).to_contain_text("whole 完整")
    expect(tool(talk, 5, "copy")).to_be_visible()
    settled(talk)
    upstream.answer = Answer(chunks=("Other ", "end 结束"), hold_after=1)
    upstream.hold()
    talk.get_by_role("button", name="Send", exact=True).click()
    expect(messages(talk).nth(1)).to_contain_text("Other")
    settled(talk)
    talk.locator(".st-key-header_outline button").click()
    talk.locator(".outline-line", has_text="Three 三").click()
    expect(messages(talk)).to_have_count(6)
    expect(talk.get_by_text("A reply is streaming in another part of this conversation.")).to_be_visible()
    expect(talk.locator(".st-key-stop")).to_be_visible()
    upstream.release()
    expect(talk.locator(".st-key-stop")).to_have_count(0)
    expect(talk.get_by_text("A reply is streaming in another part")).to_have_count(0)
    settled(talk)
    tool(talk, 0, "next").click()
    said(talk, "Changed 变了", "Other end 结束")
    edit(talk, 0).press("Escape")
    said(talk, "Changed 变了", "Other end 结束")


def test_a_fork_goes_on_elsewhere_with_what_led_to_it(talk, upstream):
    address = talk.url
    tool(talk, 1, "more").click()
    talk.locator(".toolbar-fork:visible").click()
    said(talk, "One 一", "Alpha 甲")
    expect(talk.locator(".st-key-conversations button").first).to_have_text("One 一 (fork)")
    expect(tool(talk, 1, "caption")).to_contain_text("copied · house-model")
    ask(talk, upstream, "Elsewhere 别处", "Zeta 己")
    assert [m["content"] for m in upstream.requests[-1]["messages"]] == ["One 一", "Alpha 甲", "Elsewhere 别处"]
    talk.goto(address)
    said(talk, "One 一", "Alpha 甲", "Two 二", "Beta 乙")
    tool(talk, 2, "more").click()
    talk.locator(".toolbar-fork:visible").click()
    said(talk, "One 一", "Alpha 甲")
    expect(talk.locator(".st-key-prompt textarea")).to_have_value("Two 二")


def long_tree(server: Server, upstream) -> str:
    """The address of a conversation of 300 messages, with a side branch in which one message is hostile."""
    settings = Settings(urlsplit(upstream.base_url).netloc, "house-model")
    with closing(Store(server.folder / "playground.db")) as store:
        conversation = say(store, "prompt 0", "好的。", None, settings, UNPRICED).conversation_id
        for number in range(1, 100):
            say(store, f"prompt {number}", f"reply {number}", conversation, settings, UNPRICED)
        fork_at = store.messages.path(conversation)[100]
        turn = store.replies.begin_edited(fork_at.id, HOSTILE, settings, store.conversations.get(conversation).leaf_id)
        store.replies.finish(turn.reply_id, HOSTILE, "", UNPRICED)
        for number in range(50):
            say(store, f"side {number}", "旁边", conversation, settings, UNPRICED)
    return f"{server.url}/?c={conversation}"


def test_the_outline_leads_into_the_middle_of_a_long_branch_and_back_to_its_end(tmp_path, browser, upstream):
    folder = tmp_path / "data"
    folder.mkdir()
    server = Server(folder, OPENAI_BASE_URL=upstream.base_url)
    address = long_tree(server, upstream)
    with server, watched_page(browser) as page:
        page.goto(address)
        expect(messages(page)).to_have_count(40)
        settled(page)
        page.locator(".st-key-header_outline button").click()
        lines = page.locator(".outline-line")
        expect(page.locator(".outline-leaf")).to_contain_text("旁边")
        expect(page.get_by_text("302 messages, 2 branches")).to_be_visible()
        expect(page.locator(".outline-user", has_text="恶意")).to_contain_text("<img src=x onerror=alert(1)>")
        expect(page.locator(".outline img")).to_have_count(0)
        assert lines.count() < 40
        page.locator(".outline-fold:not(.outline-open)").click()
        page.locator(".outline-user", has_text="prompt 70").click()
        sought = messages(page).filter(has_text="prompt 70")
        expect(sought).to_be_in_viewport()
        expect(sought).to_have_attribute("data-sought", "")
        expect(messages(page)).to_have_count(40)
        settled(page)
        page.locator(".st-key-show_later button").click()
        expect(messages(page).last).to_contain_text("reply 99")
        expect(page.locator(".st-key-show_later")).to_have_count(0)
        settled(page)
        page.locator(".st-key-header_outline button").click()
        page.locator(".outline-user", has_text="prompt 1").first.click()
        expect(messages(page).filter(has_text="prompt 1").first).to_be_in_viewport()
        settled(page)
        ask_at_the_end(page, upstream)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def ask_at_the_end(page: Page, upstream) -> None:
    """Who sends from the middle of a conversation is at its end."""
    expect(page.locator(".st-key-show_end")).to_be_visible()
    upstream.answer = Answer(chunks=("The end 完",))
    send(page, "And now? 现在呢")
    expect(messages(page).last).to_contain_text("The end 完")
    expect(messages(page).last.locator(".toolbar-copy")).to_be_visible()
    expect(page.locator(".st-key-show_later")).to_have_count(0)
    assert [m["content"] for m in upstream.requests[-1]["messages"]][-2:] == ["reply 99", "And now? 现在呢"]
