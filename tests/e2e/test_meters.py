"""The meters end on the server's own numbers at the price list's own price."""

from datetime import UTC, datetime

import pytest
from genai_prices import Usage, calc_price
from playwright.sync_api import expect

from llm.money import money
from tests.e2e.conftest import Server, messages, open_chat, send, watched_page
from tests.upstream import ODD_USAGE, Answer

CACHED = ODD_USAGE | {"prompt_tokens_details": {"cached_tokens": 1024}}
REASONING = ODD_USAGE | {"completion_tokens_details": {"reasoning_tokens": 256}}


def list_price(model: str, cached: int = 0):
    usage = Usage(input_tokens=1237, output_tokens=311, cache_read_tokens=cached)
    return calc_price(usage, model, provider_id="openai", genai_request_timestamp=datetime.now(UTC)).total_price


@pytest.mark.parametrize(
    ("model", "usage", "cost", "part"),
    [
        ("gpt-4o-mini", CACHED, money(list_price("gpt-4o-mini", 1024)), "1,024 cached"),
        ("gpt-5-mini", REASONING, money(list_price("gpt-5-mini")), "256 reasoning"),
        ("house-model", ODD_USAGE, "n/a", "311 tokens"),
    ],
)
def test_the_final_numbers_are_the_servers(page, server, upstream, model, usage, cost, part):
    upstream.answer = Answer(chunks=("你好，", "世界。"), usage=usage)
    open_chat(page, server, model)
    send(page, "请打个招呼")
    meters = page.locator(".st-key-meters")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    expect(row(meters, "input")).to_contain_text("1,237 tokens")
    expect(row(meters, "output")).to_contain_text("311 tokens")
    expect(row(meters, "conversation_tokens")).to_have_text("1,548 tokens")
    expect(row(meters, "cost")).to_have_text(cost)
    expect(row(meters, "conversation_cost")).to_have_text(cost)
    expect(meters).to_contain_text(part)


def test_meters_run_with_an_estimate_while_the_reply_streams(page, server, upstream):
    upstream.answer = Answer(chunks=("One two three four five. ", "六七八九十。", "rest"), hold_after=2)
    open_chat(page, server, "gpt-4o-mini")
    send(page, "Count 数数")
    meters = page.locator(".st-key-meters")
    expect(row(meters, "output")).to_contain_text("≈")
    expect(row(meters, "cost")).to_contain_text("≈$0.0")
    upstream.release()
    expect(row(meters, "output")).to_have_text("311 tokens")


def test_meters_stay_in_sight_below_however_many_controls(page, server, upstream):
    open_chat(page, server)
    page.locator(".st-key-more_parameters summary").click()
    expect(page.locator(".st-key-seed")).to_be_visible()
    expect(page.locator(".st-key-meters")).to_be_in_viewport(ratio=1)


def test_both_replies_of_a_prompt_are_paid(page, server, upstream):
    open_chat(page, server, "gpt-4o-mini")
    send(page, "one")
    messages(page).nth(1).locator(".toolbar-regenerate").click()
    expect(messages(page).nth(1)).to_contain_text("2/2")
    twice = page.locator(".st-key-meters [data-meter=conversation_cost]")
    expect(twice).to_have_text(money(2 * list_price("gpt-4o-mini")))


def row(meters, name: str):
    return meters.locator(f"[data-meter={name}]")


def test_the_built_in_model_answers_and_is_free(tmp_path, browser):
    with Server(tmp_path) as server, watched_page(browser) as page:
        page.goto(server.url)
        expect(page.get_by_text("makes mistakes")).to_be_visible()
        page.locator(".st-key-max_tokens input").fill("40")
        page.locator(".st-key-max_tokens input").press("Enter")
        send(page, "Say hello. 你好")
        expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible(timeout=60_000)
        meters = page.locator(".st-key-meters")
        expect(row(meters, "cost")).to_have_text("free")
        expect(row(meters, "output")).to_contain_text("tokens")
        expect(row(meters, "output")).not_to_contain_text("≈")
        expect(row(meters, "context")).to_contain_text("of 4,096 tokens")


def test_a_conversation_longer_than_the_window_sends_what_fits_and_says_so(page, server, upstream):
    upstream.answer = Answer(chunks=("word " * 2_500,), usage=None)
    open_chat(page, server, "gpt-4")
    for turn in range(3):
        send(page, f"第{turn}轮")
        expect(page.locator(".toolbar-caption")).to_have_count(turn + 1)
    expect(page.get_by_text("sends 4 of 6 messages, ≈5,")).to_be_visible()
    send(page, "最后")
    expect(page.locator(".toolbar-caption")).to_have_count(4)
    sent = [message["content"] for message in upstream.requests[3]["messages"]]
    assert [text for text in sent if len(text) < 10] == ["第1轮", "第2轮", "最后"]
