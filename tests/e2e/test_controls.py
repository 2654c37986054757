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
    send(page, prompt)
    expect(messages(page).nth(1)).to_contain_text("Hello from upstream.")
    (body,) = upstream.requests
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


def test_nothing_that_is_unset_is_sent(chat, upstream):
    assert request_after(chat, upstream) == {}
    assert upstream.requests[0]["messages"] == [{"role": "user", "content": "请回答"}]


def test_model(chat, upstream):
    choose_model(chat, "a-model-that-nobody-lists")
    request_after(chat, upstream)
    assert upstream.requests[0]["model"] == "a-model-that-nobody-lists"


@pytest.mark.parametrize(("key", "steps", "value"), [("temperature", 3, 0.1), ("top_p", 19, 0.9)])
def test_a_slider_of_the_main_controls(chat, upstream, key, steps, value):
    slide(chat, key, steps)
    assert request_after(chat, upstream) == {key: value}


@pytest.mark.parametrize("key", ["frequency_penalty", "presence_penalty"])
def test_a_penalty(chat, upstream, key):
    more(chat)
    slide(chat, key, 2)
    assert request_after(chat, upstream) == {key: -1.9}


@pytest.mark.parametrize(("key", "wire"), [("max_tokens", "max_tokens"), ("seed", "seed")])
def test_a_number(chat, upstream, key, wire):
    if key == "seed":
        more(chat)
    box = chat.locator(f".st-key-{key} input")
    box.fill("77")
    box.press("Enter")
    settled(chat)
    assert request_after(chat, upstream) == {wire: 77}


def test_max_tokens_of_a_reasoning_model_has_its_own_name(chat, upstream):
    choose_model(chat, "gpt-5-mini")
    chat.locator(".st-key-max_tokens input").fill("500")
    chat.locator(".st-key-max_tokens input").press("Enter")
    settled(chat)
    assert request_after(chat, upstream) == {"max_completion_tokens": 500}


def test_stop_sequences(chat, upstream):
    more(chat)
    in_sight(chat, "stop_sequences")
    for text in ("结束", r"\n\n"):
        type_and_take(chat, "stop_sequences", text)
        expect(chat.locator(".st-key-stop_sequences")).to_contain_text(text)
        settled(chat)
    assert request_after(chat, upstream) == {"stop": ["结束", "\n\n"]}


@pytest.mark.parametrize(
    ("key", "option", "wire"),
    [
        ("reasoning_effort", "low", {"reasoning_effort": "low"}),
        ("response_format", "json_object", {"response_format": {"type": "json_object"}}),
    ],
)
def test_a_choice(chat, upstream, key, option, wire):
    more(chat)
    in_sight(chat, key)
    chat.locator(f".st-key-{key} input").click()
    chat.get_by_role("option", name=option, exact=True).click()
    settled(chat)
    assert request_after(chat, upstream) == wire


def test_system_prompt(chat, upstream):
    more(chat)
    box = chat.locator(".st-key-system_prompt textarea")
    box.fill("用中文回答。")
    box.press("Control+Enter")
    settled(chat)
    request_after(chat, upstream)
    assert upstream.requests[0]["messages"][0] == {"role": "system", "content": "用中文回答。"}


def test_what_a_model_refuses_is_disabled_and_comes_back(chat, upstream):
    slide(chat, "temperature", 3)
    choose_model(chat, "gpt-5-mini")
    expect(chat.locator(".st-key-temperature").get_by_role("slider")).to_be_disabled()
    expect(chat.locator(".st-key-temperature")).to_contain_text("default")
    choose_model(chat, "gpt-4o-mini")
    expect(chat.locator(".st-key-temperature").get_by_role("slider")).to_be_enabled()
    expect(chat.locator(".st-key-temperature")).to_contain_text("0.1")
    assert request_after(chat, upstream) == {"temperature": 0.1}


def test_embeddings_and_speech_are_not_offered(chat, upstream):
    chat.locator(".st-key-model input").click()
    expect(chat.get_by_role("option", name="gpt-4o-mini")).to_be_visible()
    expect(chat.get_by_role("option", name="text-embedding-3-small")).to_have_count(0)
    expect(chat.get_by_role("option", name="whisper-1")).to_have_count(0)


def test_every_control_has_help(chat):
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
