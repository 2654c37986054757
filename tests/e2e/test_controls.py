"""Every control reaches the request, and what is unset is absent from it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import choose_model, messages, open_chat, send, settled, type_and_take

BARE = {"model", "messages", "stream", "stream_options"}


@pytest.fixture
def chat(page: Page, server) -> Page:
    return open_chat(page, server)


def request_after(page: Page, upstream, prompt="请回答") -> dict:
    """Send a prompt and return the request that it made, without what every request holds."""
    turns = len(upstream.requests)
    send(page, prompt)
    expect(page.locator(".toolbar-copy")).to_have_count(2 * (turns + 1))
    body = upstream.requests[turns]
    return {name: value for name, value in body.items() if name not in BARE}


def more(page: Page) -> None:
    page.get_by_text("More parameters").click()
    expect(page.locator(".st-key-seed")).to_be_visible()


def in_sight(page: Page, key: str) -> None:
    """Scroll to a control and wait until it rests there: an open list closes when the page moves under it."""
    page.wait_for_function(
        f"""() => {{
          const control = document.querySelector('.st-key-{key}');
          const top = control.getBoundingClientRect().top;
          control.scrollIntoView({{ block: 'center' }});
          if (top !== window.restingAt?.top) window.restingAt = {{ top, since: performance.now() }};
          return performance.now() - window.restingAt.since > 300;
        }}"""
    )


def slide(page: Page, key: str, steps: int) -> None:
    thumb = page.locator(f".st-key-{key}").get_by_role("slider")
    for _ in range(abs(steps)):
        thumb.press("ArrowRight" if steps > 0 else "ArrowLeft")
    settled(page)


def fill(page: Page, key: str, number: int) -> None:
    box = page.locator(f".st-key-{key} input")
    box.fill(str(number))
    box.press("Enter")
    settled(page)


def choose(page: Page, key: str, option: str) -> None:
    in_sight(page, key)
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def add_stop_sequences(page: Page, *texts: str) -> None:
    in_sight(page, "stop_sequences")
    for text in texts:
        type_and_take(page, "stop_sequences", text)
        expect(page.locator(".st-key-stop_sequences")).to_contain_text(text)
        settled(page)


def write_system_prompt(page: Page, text: str) -> None:
    box = page.locator(".st-key-system_prompt textarea")
    box.fill(text)
    box.press("Control+Enter")
    settled(page)


def test_each_control_is_in_the_next_request_and_what_is_unset_in_none(chat, upstream):
    assert request_after(chat, upstream) == {}
    assert upstream.requests[0]["messages"] == [{"role": "user", "content": "请回答"}]

    def then_sends(**wire) -> None:
        sent.update(wire)
        assert request_after(chat, upstream) == sent

    sent: dict = {}
    slide(chat, "temperature", 3)
    then_sends(temperature=0.1)
    slide(chat, "top_p", 19)
    then_sends(top_p=0.9)
    fill(chat, "max_tokens", 77)
    then_sends(max_tokens=77)
    more(chat)
    slide(chat, "frequency_penalty", 2)
    then_sends(frequency_penalty=-1.9)
    slide(chat, "presence_penalty", 3)
    then_sends(presence_penalty=-1.8)
    fill(chat, "seed", 78)
    then_sends(seed=78)
    add_stop_sequences(chat, "结束", r"\n\n")
    then_sends(stop=["结束", "\n\n"])
    choose(chat, "reasoning_effort", "low")
    then_sends(reasoning_effort="low")
    choose(chat, "response_format", "json_object")
    then_sends(response_format={"type": "json_object"})
    write_system_prompt(chat, "用中文回答。")
    then_sends()
    assert upstream.requests[-1]["messages"][0] == {"role": "system", "content": "用中文回答。"}


def test_a_model_can_be_typed_and_max_tokens_has_the_name_that_it_knows(chat, upstream):
    choose_model(chat, "a-model-that-nobody-lists")
    request_after(chat, upstream)
    assert upstream.requests[0]["model"] == "a-model-that-nobody-lists"
    choose_model(chat, "gpt-5-mini")
    fill(chat, "max_tokens", 500)
    assert request_after(chat, upstream) == {"max_completion_tokens": 500}


def test_what_a_model_refuses_is_disabled_and_comes_back(chat, upstream):
    slide(chat, "temperature", 3)
    choose_model(chat, "gpt-5-mini")
    expect(chat.locator(".st-key-temperature").get_by_role("slider")).to_be_disabled()
    expect(chat.locator(".st-key-temperature")).to_contain_text("default")
    choose_model(chat, "gpt-4o-mini")
    expect(chat.locator(".st-key-temperature").get_by_role("slider")).to_be_enabled()
    expect(chat.locator(".st-key-temperature")).to_contain_text("0.1")
    assert request_after(chat, upstream) == {"temperature": 0.1}


def test_only_chat_models_are_offered_and_every_control_has_help(chat):
    chat.locator(".st-key-model input").click()
    expect(chat.get_by_role("option", name="gpt-4o-mini")).to_be_visible()
    expect(chat.get_by_role("option", name="text-embedding-3-small")).to_have_count(0)
    expect(chat.get_by_role("option", name="whisper-1")).to_have_count(0)
    chat.keyboard.press("Escape")
    more(chat)
    keys = ["model", "temperature", "top_p", "max_tokens", "stop_sequences", "frequency_penalty", "seed"]
    for key in (*keys, "presence_penalty", "reasoning_effort", "response_format", "system_prompt"):
        expect(chat.locator(f".st-key-{key} [data-testid=stTooltipIcon]")).to_have_count(1)


def test_values_are_back_after_a_reload_and_a_page_switch(chat, upstream):
    slide(chat, "temperature", 3)
    request_after(chat, upstream)
    chat.reload()
    expect(chat.locator(".st-key-temperature")).to_contain_text("0.1")
    chat.get_by_role("link", name="Models").click()
    expect(chat.get_by_role("heading", name="Models")).to_be_visible()
    chat.get_by_role("link", name="Chat").click()
    expect(chat.locator(".st-key-temperature")).to_contain_text("0.1")
    expect(messages(chat).nth(1)).to_contain_text("Hello from upstream.")
