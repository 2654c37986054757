"""Limits of time and money: set in the sidebar, saved at once, kept, and held."""

from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price
from playwright.sync_api import Page, expect

from llm.money import money
from tests.e2e.conftest import Server, choose_model, messages, open_chat, send, settled
from tests.upstream import ODD_USAGE, Answer

MODEL = "gpt-4o-mini"
LIMITS = ("limit_connect", "limit_first_byte", "limit_idle", "budget_conversation", "budget_day", "budget_month")


@pytest.fixture
def server(tmp_path, upstream):
    """A server of its own: limits hold for every conversation."""
    with Server(tmp_path, OPENAI_BASE_URL=upstream.base_url) as server:
        yield server


@pytest.fixture
def chat(page: Page, server) -> Page:
    open_chat(page, server, MODEL)
    limits(page)
    return page


def limits(page: Page) -> None:
    page.get_by_text("Limits", exact=True).click()
    expect(page.locator(".st-key-limit_connect")).to_be_visible()


def set_limit(page: Page, key: str, value: str) -> None:
    box = page.locator(f".st-key-{key} input")
    box.fill(value)
    box.press("Enter")
    settled(page)


def left(page: Page, name: str):
    return page.locator(f".st-key-meters [data-meter=budget_{name}]")


def price_of_a_reply() -> Decimal:
    usage = Usage(input_tokens=ODD_USAGE["prompt_tokens"], output_tokens=ODD_USAGE["completion_tokens"])
    return calc_price(usage, MODEL, provider_id="openai").total_price


def shown(page: Page, *values: str) -> None:
    for key, value in zip(LIMITS, values, strict=True):
        expect(page.locator(f".st-key-{key} input")).to_have_value(value)


def test_limits_are_saved_at_once_and_can_be_unset(chat):
    shown(chat, "5", "60", "30", "", "", "")
    expect(chat.locator(".st-key-limits [data-testid=stTooltipIcon]")).to_have_count(len(LIMITS))
    chosen = ("2.5", "20", "10", "1", "0.125", "20")
    for key, value in zip(LIMITS, chosen, strict=True):
        set_limit(chat, key, value)
    chat.reload()
    limits(chat)
    shown(chat, *chosen)
    for key in LIMITS:
        set_limit(chat, key, "")
    chat.reload()
    limits(chat)
    shown(chat, "5", "60", "30", "", "", "")


def test_a_server_that_stays_silent_is_given_up_after_the_limit(chat, upstream):
    set_limit(chat, "limit_first_byte", "0.3")
    upstream.answer = Answer(silent=True)
    send(chat, "有人吗")
    expect(messages(chat).last).to_contain_text("Failed")
    assert len(upstream.requests) == 1


def test_the_meters_say_what_is_left(chat, upstream):
    set_limit(chat, "budget_conversation", "1")
    set_limit(chat, "budget_month", "20")
    expect(left(chat, "conversation")).to_have_text("$1.00 of $1.00 left")
    expect(left(chat, "day")).to_have_count(0)
    send(chat, "请回答")
    cost = price_of_a_reply()
    expect(left(chat, "conversation")).to_have_text(f"{money(1 - cost)} of $1.00 left")
    expect(left(chat, "month")).to_have_text(f"{money(20 - cost)} of $20.00 left")


def test_at_the_cap_nothing_is_sent_and_the_composer_says_so_before(chat, upstream):
    send(chat, "第一个")
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    settled(chat)
    set_limit(chat, "budget_day", "0.0001")
    said = chat.get_by_text("Nothing is left of today's budget of $0.0001: raise it under Limits in the sidebar.")
    expect(said).to_have_count(1)
    send(chat, "第二个")
    expect(chat.locator(".st-key-prompt textarea")).to_have_value("第二个")
    expect(said).to_have_count(1)
    assert len(upstream.requests) == 1
    set_limit(chat, "budget_day", "5")
    expect(said).to_have_count(0)
    chat.locator(".st-key-prompt textarea").press("Enter")
    expect(messages(chat)).to_have_count(4)
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
    assert len(upstream.requests) == 2


def test_what_has_no_price_is_not_held(chat, upstream):
    set_limit(chat, "budget_month", "0")
    expect(chat.get_by_text("Nothing is left of")).to_be_visible()
    choose_model(chat, "house-model")
    expect(chat.get_by_text("Nothing is left of")).to_have_count(0)
    send(chat, "请回答")
    expect(messages(chat).last).to_contain_text("Hello from upstream.")
