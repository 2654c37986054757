"""What a reply that went wrong looks like, and what one click can do about it."""

import json
import resource
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from components.chat.message_text import LONGEST_DRAWN
from llm.wire.requests import GO_ON
from tests.e2e.conftest import Server, messages, open_chat, send, settled
from tests.upstream import Answer

TOO_LONG = {"error": {"message": "maximum context length exceeded", "code": "context_length_exceeded"}}
TOO_MUCH = Answer(status=400, body=json.dumps(TOO_LONG).encode())
BUSY = Answer(status=503, body=b"{}", headers={"retry-after-ms": "1"})
CUT = Answer(chunks=("从前有", "一座山，"), finish_reason="length")
LINE = "一行**文字** and some more words of an ordinary line\n\n"
MEGABYTE = (LINE * 25_000)[:1_000_000]


@pytest.fixture
def chat(page: Page, server) -> Page:
    return open_chat(page, server)


def say(page: Page, prompt: str) -> Locator:
    """Send a prompt and return its reply, once that has ended."""
    ended = page.locator(".toolbar-caption").count() + 1
    send(page, prompt)
    expect(page.locator(".toolbar-caption")).to_have_count(ended)
    settled(page)
    return messages(page).last


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).filter(visible=True)


def same(text: str, other: str) -> bool:
    """Whether two very long texts are equal: without a comparison that pytest would explain for minutes."""
    return text == other


def badge(reply: Locator) -> Locator:
    return reply.locator(".stMarkdownBadge")


def more(page: Page) -> None:
    page.get_by_text("More parameters").click()
    expect(page.locator(".st-key-context_limit")).to_be_visible()


ENDINGS = [
    (Answer(done=False, finish_reason=None), "Incomplete", "without saying that it was whole"),
    (Answer(status=400, body=b'{"detail": "![x](http://evil.example)"}'), "Failed", "did not accept the request"),
    (Answer(finish_reason="length"), "Cut at the token limit", "raise Max tokens"),
    (Answer(finish_reason="content_filter"), "Filtered", "content filter"),
    (Answer(chunks=(), deltas=({"refusal": "不行。"},)), "Refused", "declined"),
    (Answer(chunks=(), finish_reason="tool_calls"), "Asked for a tool", "has none"),
    (Answer(chunks=(), reasoning=("我想想",)), "Only thoughts", "wrote no answer"),
    (Answer(chunks=()), "No text", "without a word"),
]


def test_every_reply_that_did_not_simply_end_well_says_so(chat, upstream):
    for answer, word, sentence in ENDINGS:
        upstream.answer = answer
        reply = say(chat, f"请回答 {word}")
        expect(badge(reply)).to_contain_text(word)
        expect(reply).to_contain_text(sentence)
    expect(badge(chat.locator("body"))).to_have_count(len(ENDINGS))


def test_a_whole_reply_has_no_badge_and_no_buttons(chat, upstream):
    reply = say(chat, "请回答")
    expect(badge(reply)).to_have_count(0)
    expect(reply.locator("[class*=st-key-actions_]").get_by_role("button")).to_have_count(0)
    expect(reply.locator(".toolbar-recipe")).to_be_visible()


def test_a_request_that_was_sent_again_says_how_often(chat, upstream):
    upstream.script = [BUSY, BUSY]
    expect(say(chat, "请回答").locator(".toolbar-caption")).to_contain_text("sent 3 times")
    assert len(upstream.requests) == 3


def test_a_cut_reply_is_continued_in_its_place(chat, upstream):
    upstream.script = [CUT]
    reply = say(chat, "讲个故事")
    button(chat, "Continue").hover()
    expect(chat.get_by_role("tooltip")).to_contain_text(GO_ON)
    upstream.answer = Answer(chunks=("山里有", "一座庙。"), hold_after=1)
    button(chat, "Continue").click()
    expect(reply).to_contain_text("从前有一座山，山里有")
    upstream.release()
    expect(reply).to_contain_text("从前有一座山，山里有一座庙。")
    expect(reply.locator(".toolbar-caption")).to_contain_text("622 tokens")
    expect(reply.locator(".toolbar-caption")).to_contain_text("2 requests")
    expect(badge(reply)).to_have_count(0)
    reply.get_by_text("How it was made").click()
    expect(reply).to_contain_text("Request 1 · house-model · from character 1 · 311 tokens · n/a · Cut at the token")
    expect(reply).to_contain_text("Request 2 · house-model · from character 8 · 311 tokens · n/a · Complete")
    expect(reply).to_contain_text(f"Asked to go on with “{GO_ON}”")
    expect(messages(chat)).to_have_count(2)


def test_what_was_stopped_can_be_continued(chat, upstream):
    upstream.answer = Answer(chunks=("开头", "结尾"), hold_after=1)
    send(chat, "说")
    expect(messages(chat).last).to_contain_text("开头")
    chat.locator(".st-key-stop button").click()
    expect(badge(messages(chat).last)).to_contain_text("Stopped")
    upstream.answer = Answer(chunks=("与别的",))
    button(chat, "Continue").click()
    expect(messages(chat).last).to_contain_text("开头与别的")


def test_less_is_sent_in_one_click_when_a_conversation_is_too_long(chat, upstream):
    say(chat, "第一个问题 " * 100)
    upstream.script = [TOO_MUCH]
    say(chat, "第二个问题")
    button(chat, "Send less").click()
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    assert len(upstream.requests) == 3
    assert [message["content"] for message in upstream.requests[2]["messages"]] == ["第二个问题"]
    expect(chat.get_by_text("sends 2 of 4 messages")).to_be_visible()
    more(chat)
    expect(chat.locator(".st-key-context_limit input")).not_to_have_value("")


def test_a_prompt_that_is_too_long_by_itself_cannot_be_made_less(chat, upstream):
    upstream.answer = TOO_MUCH
    say(chat, "只有一个问题")
    expect(button(chat, "Retry")).to_be_visible()
    expect(button(chat, "Send less")).to_have_count(0)


def test_the_context_limit_decides_what_is_sent(chat, upstream):
    more(chat)
    box = chat.locator(".st-key-context_limit input")
    box.fill("50")
    box.press("Enter")
    settled(chat)
    say(chat, "很长的话 " * 50)
    say(chat, "短")
    assert [message["content"] for message in upstream.requests[1]["messages"]] == ["短"]
    assert "context_limit" not in upstream.requests[1]


@pytest.mark.parametrize(
    ("answer", "name"), [(Answer(status=400, body=b"{}"), "Retry"), (CUT, "Continue"), (TOO_MUCH, "Send less")]
)
def test_a_double_click_is_one_intent(chat, upstream, answer, name):
    say(chat, "之前")
    upstream.script = [answer]
    say(chat, "请回答")
    button(chat, name).dblclick()
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    settled(chat)
    assert len(upstream.requests) == 3
    expect(chat.get_by_test_id("stAlert")).to_have_count(0)


def test_a_double_click_on_a_suggestion_begins_one_conversation(chat, upstream):
    chat.get_by_text("用三句话介绍一下机器学习").dblclick()
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    settled(chat)
    assert len(upstream.requests) == 1
    expect(messages(chat)).to_have_count(2)
    expect(chat.get_by_test_id("stAlert")).to_have_count(0)


def test_a_double_click_on_send_sends_once(chat, upstream):
    chat.locator(".st-key-prompt textarea").fill("只一次")
    chat.get_by_test_id("stChatInputSubmitButton").dblclick()
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    settled(chat)
    assert len(upstream.requests) == 1
    expect(chat.get_by_test_id("stAlert")).to_have_count(0)


def test_a_double_click_on_new_conversation_opens_one(chat, upstream):
    say(chat, "旧的")
    chat.locator(".st-key-new_conversation button").dblclick()
    expect(messages(chat)).to_have_count(0)
    say(chat, "新的")
    assert [len(request["messages"]) for request in upstream.requests] == [1, 1]


def test_a_megabyte_is_drawn_in_part_and_is_there_whole(chat, upstream):
    upstream.answer = Answer(chunks=(MEGABYTE[:900_000], MEGABYTE[900_000:]), hold_after=1)
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.evaluate("text => navigator.clipboard.writeText(text)", MEGABYTE)
    chat.locator(".st-key-prompt textarea").press("Control+V")
    chat.locator(".st-key-prompt textarea").press("Enter")
    reply = messages(chat).last
    expect(reply).to_contain_text("… arrives; 900,000 characters so far")
    upstream.release()
    expect(reply).to_contain_text("of 1,000,000 characters are drawn")
    expect(messages(chat).first).to_contain_text("of 1,000,000 characters are drawn")
    assert len(reply.inner_text()) < LONGEST_DRAWN
    assert same(upstream.requests[0]["messages"][0]["content"], MEGABYTE)
    with chat.expect_download() as download:
        reply.get_by_role("button", name="Download the whole text").click()
    assert same(download.value.path().read_text("utf-8"), MEGABYTE)
    reply.locator(".toolbar-copy").click()
    expect(reply.locator(".toolbar-copy")).to_have_text("check")
    assert same(chat.evaluate("() => navigator.clipboard.readText()"), MEGABYTE)


@pytest.fixture(scope="module")
def own_server(shared_upstream, tmp_path_factory):
    """A server whose disk alone can be full; that would cut the files which Python keeps of its own, too."""
    folder = tmp_path_factory.mktemp("full")
    with Server(folder, OPENAI_BASE_URL=shared_upstream.base_url, PYTHONDONTWRITEBYTECODE="1") as server:
        yield server


@contextmanager
def full_disk(server: Server):
    """Nothing can be saved in the block."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


@pytest.fixture
def unsaved(page: Page, own_server, upstream) -> Locator:
    """What says that nothing can be saved, the banner and the notice, in a conversation of one turn."""
    open_chat(page, own_server)
    say(page, "之前")
    return page.get_by_test_id("stAlert").filter(has_text="Check the disk")


def test_what_cannot_be_saved_is_said_on_every_page_until_it_can(page, own_server, unsaved, upstream):
    with full_disk(own_server):
        send(page, "放不下")
        expect(unsaved.first).to_be_visible()
        expect(page.locator(".st-key-prompt textarea")).to_have_value("放不下")
        expect(messages(page).first).to_contain_text("之前")
        settled(page)
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_role("heading", name="Models")).to_be_visible()
        expect(unsaved.first).to_be_visible()
    button(page, "Try again").click()
    expect(unsaved).to_have_count(0)
    page.get_by_role("link", name="Chat").click()
    expect(messages(page)).to_have_count(2)
    expect(unsaved).to_have_count(0)
    say(page, "放得下")
    assert len(upstream.requests) == 2


def test_when_things_can_be_saved_again_banner_and_notice_go_by_themselves(page, own_server, unsaved, upstream):
    with full_disk(own_server):
        send(page, "放不下")
        expect(unsaved).to_have_count(2)
    expect(unsaved).to_have_count(0)
    expect(button(page, "Try again")).to_have_count(0)
    expect(page.locator(".st-key-prompt textarea")).to_have_value("放不下")
    page.locator(".st-key-prompt textarea").press("Enter")
    expect(page.locator(".toolbar-caption")).to_have_count(2)
    assert [request["messages"][-1]["content"] for request in upstream.requests] == ["之前", "放不下"]
