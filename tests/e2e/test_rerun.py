"""Rerunning a conversation on another model: beside the original, turn by turn, through a reload and a kill."""

import signal

from playwright.sync_api import Page, expect

from llm.servers.directory import ASKING
from tests.e2e.conftest import Server, messages, open_chat, send, settled, type_and_take, watched_page
from tests.upstream import Answer

PROMPTS = ("Which museums? 哪些博物馆？", "And then? 然后呢？")
OLD = ("The old house 老房子", "Then the garden 花园")
NEW = ("The new house 新房子", "Then the park 公园")


def converse(page: Page, server: Server, upstream) -> str:
    """A chat of two turns; its address."""
    upstream.script = [Answer(chunks=(text,)) for text in OLD]
    open_chat(page, server)
    for prompt, text in zip(PROMPTS, OLD, strict=True):
        send(page, prompt)
        expect(messages(page).filter(has_text=text)).to_be_visible()
        settled(page)
    upstream.requests.clear()
    return page.url


def go_to_rerun(page: Page) -> None:
    """Through the menu above the chat."""
    menu = page.locator(".st-key-header_menu button").first
    menu.scroll_into_view_if_needed()
    menu.click()
    page.get_by_text("Replay on another model").click()
    expect(page.locator(".st-key-rerun_start button")).to_be_enabled()
    expect(page.get_by_text(ASKING)).to_have_count(0)  # a list that arrives undoes what is being typed
    settled(page)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()


def start(page: Page, model: str = "gpt-4o-mini") -> None:
    type_and_take(page, "rerun_model", model)
    expect(page.locator(".st-key-rerun_model input")).to_have_value(model)
    settled(page)
    press(page, "rerun_start")


def now(page: Page, turn: int):
    return page.locator(f".st-key-reran_now_{turn}")


def test_on_its_own_replies_a_rerun_streams_stops_resumes_and_leads_to_its_branch(page, server, upstream):
    converse(page, server, upstream)
    go_to_rerun(page)
    expect(page.locator(".st-key-rerun_before")).to_contain_text("2 requests, one after the other")
    upstream.script = [Answer(chunks=NEW[:1]), Answer(chunks=("Then the ", "never seen"), hold_after=1)]
    upstream.answer = Answer(chunks=NEW[1:])
    start(page)
    expect(now(page, 0)).to_contain_text(NEW[0])
    expect(now(page, 1)).to_contain_text("Then the")
    page.reload()
    expect(now(page, 1)).to_contain_text("Then the")
    expect(page.locator(".st-key-rerun_progress")).to_contain_text("1 of 2 turns done")
    expect(page.locator(".st-key-rerun_progress")).to_contain_text("Spent $")
    rerun = page.url
    press(page, "rerun_open")
    expect(messages(page).nth(3)).to_contain_text("Then the")
    settled(page)
    send(page, "Too early 太早")
    expect(page.get_by_text("still streaming")).to_be_visible()
    expect(page.locator(".st-key-prompt textarea")).to_have_value("Too early 太早")
    page.goto(rerun)
    press(page, "rerun_stop")
    expect(now(page, 1)).to_contain_text("Stopped")
    press(page, "rerun_resume")
    expect(now(page, 1)).to_contain_text(NEW[1])
    expect(page.locator(".st-key-rerun_head")).to_contain_text("Done")
    sent = [[message["content"] for message in request["messages"]] for request in upstream.requests]
    second = [PROMPTS[0], NEW[0], PROMPTS[1]]
    assert sent == [[PROMPTS[0]], second, second]
    assert {request["model"] for request in upstream.requests} == {"gpt-4o-mini"}
    expect(page.locator(".st-key-rerun_sums")).to_contain_text("was ")
    expect(page.locator(".st-key-reran_foot_0")).to_contain_text("Against the original:")
    settled(page)
    page.locator(".st-key-rerun_look").get_by_text("Word by word").click()
    expect(page.locator(".st-key-reran_words_0 ins").first).to_contain_text("new")
    expect(page.locator(".st-key-reran_words_0 del").first).to_contain_text("old")
    settled(page)
    press(page, "rerun_open")
    expect(messages(page)).to_have_count(4)
    expect(messages(page).nth(1)).to_contain_text(NEW[0])
    expect(messages(page).nth(3)).to_contain_text(NEW[1])
    settled(page)
    messages(page).nth(1).get_by_role("button", name="Previous").click()
    expect(messages(page).nth(1)).to_contain_text(OLD[0])
    expect(messages(page).nth(3)).to_contain_text(OLD[1])


def test_on_the_original_history_a_failed_turn_is_said_and_retried_while_the_chat_goes_on(page, server, upstream):
    chat = converse(page, server, upstream)
    go_to_rerun(page)
    page.locator(".st-key-rerun_way").get_by_text("On the original history").click()
    expect(page.locator(".st-key-rerun_before")).to_contain_text("up to 3 at once")
    settled(page)
    refusal = Answer(status=400, body='{"error": {"message": "no 不行"}}'.encode())
    upstream.script = [refusal, Answer(chunks=("Beside ", "旁边"), hold_after=1)]
    start(page)
    expect(page.locator("[class*=st-key-reran_now_]").filter(has_text="Failed")).to_have_count(1)
    expect(page.locator("[class*=st-key-reran_now_]").filter(has_text="Beside")).to_have_count(1)
    rerun = page.url
    page.goto(chat)
    expect(messages(page)).to_have_count(4)
    settled(page)
    send(page, "Meanwhile 同时")
    expect(messages(page).nth(5)).to_contain_text("Hello from upstream.")
    page.goto(rerun)
    upstream.release()
    press(page, "rerun_retry")
    expect(page.locator(".st-key-rerun_head")).to_contain_text("Done")
    for turn, old in enumerate(OLD):
        expect(page.locator(f".st-key-reran_then_{turn}")).to_contain_text(old)
    expect(page.locator("[class*=st-key-reran_now_]").filter(has_text="Failed")).to_have_count(0)
    expect(page.locator(".st-key-reruns button")).to_have_count(1)
    assert len(upstream.requests) == 4


def test_after_a_kill_a_rerun_is_offered_to_be_resumed_and_sends_nothing_twice(browser, upstream, tmp_path):
    environment = {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "sk-test-0123456789"}
    with Server(tmp_path, **environment) as server, watched_page(browser) as page:
        converse(page, server, upstream)
        go_to_rerun(page)
        upstream.script = [Answer(chunks=NEW[:1]), Answer(chunks=("half 一半", "gone"), hold_after=1)]
        start(page)
        expect(now(page, 1)).to_contain_text("half")
        server.end(signal.SIGKILL)
        server.start()
        page.reload()
        expect(page.get_by_text("This replay was interrupted")).to_be_visible()
        expect(now(page, 0)).to_contain_text(NEW[0])
        upstream.answer = Answer(chunks=NEW[1:])
        press(page, "rerun_resume")
        expect(page.locator(".st-key-rerun_head")).to_contain_text("Done")
        expect(now(page, 1)).to_contain_text(NEW[1])
        asked = [request["messages"][-1]["content"] for request in upstream.requests]
        assert asked == [PROMPTS[0], PROMPTS[1], PROMPTS[1]]
