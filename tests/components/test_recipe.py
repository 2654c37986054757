"""A recipe in words: what was set, sent and echoed; tokens, money and time; what is not known is said so."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from components.recipe.chip import changed, changed_since, chip
from components.recipe.recipe import Recipe
from components.recipe.response import response
from components.recipe.rows import ending_rows, notes, setting_rows, timing_rows, token_rows
from llm.recipes.settings import CHOOSES, STANDS_FIRST
from llm.types import Cost, Echoed, Failure, Parameters, Provenance, Sent, Settings, Status, Timing, UnitPrices, Usage
from storage.records import Rating, Thumb
from tests.components.test_endings import REPLY, message

PRICES = UnitPrices(Decimal("0.15"), Decimal("0.075"), Decimal("0.60"), "2026-11-21", "OpenAI via genai-prices")
SET = Settings("here", "gpt-5-mini", Parameters(temperature=0.3, max_tokens=77, system_prompt="用中文" * 99))
SENT = Sent(
    {"model": "gpt-5-mini", "max_completion_tokens": 77}, (1,), "hash", (("temperature", "gpt-5-mini does not."),)
)
ECHOED = Echoed("chatcmpl-7", "gpt-5-mini-2025", "fp_44", None, 1_790_000_000)


def recipe(*replies, timing=None, echoed=ECHOED, now=SET, place=-1, text="你好，世界"):
    replies = replies or (replace(REPLY, settings=SET, sent=SENT),)
    place %= len(replies)
    timing = timing or replies[place].timing or Timing()
    return Recipe(message(*replies, text=text), replies, place, timing, echoed, {}, None, None, now)


def test_what_was_set_sent_and_echoed_stands_side_by_side():
    rows = [list(row.values()) for row in setting_rows(recipe())]
    prompt = "用中文" * 40 + "…"
    assert rows == [
        ["Model", "gpt-5-mini", "gpt-5-mini", "gpt-5-mini-2025"],
        ["Temperature", "0.3", "not sent", "–"],
        ["Max tokens", "77 tokens", "77 tokens", "–"],
        ["System prompt", prompt, prompt, "–"],
        ["System fingerprint", "–", "–", "fp_44"],
    ]
    assert notes(recipe()) == ["Temperature: gpt-5-mini does not.", f"System prompt: {STANDS_FIRST}"]
    limited = replace(REPLY, settings=replace(SET, parameters=Parameters(context_limit=9_000)))
    assert notes(recipe(limited)) == [f"Context limit: {CHOOSES}"]


def test_a_body_that_came_in_a_file_may_have_odd_values():
    odd = {"model": 3, "max_tokens": "x", "stop": 7, "response_format": ["json"], "temperature": {"深": [None]}}
    parameters = Parameters(0.3, max_tokens=7, stop_sequences=("。",), response_format="text")
    shown = recipe(replace(REPLY, settings=Settings("here", "甲", parameters), sent=replace(SENT, body=odd)))
    assert [row["Sent"] for row in setting_rows(shown)[:5]] == ["3", "{'深': [None]}", "x", "7", "['json']"]


def test_a_reply_that_never_left_says_so():
    never = replace(REPLY, settings=SET, sent=None, status=Status.FAILED, reported=None, cost=None, timing=None)
    never = replace(never, estimated=None, finish_reason=None, failure=Failure("quota", "没有余额。", "details"))
    shown = recipe(never, echoed=Echoed())
    assert {row["Sent"] for row in setting_rows(shown)} == {"not sent"}
    assert notes(shown) == ["No request left for this reply, so nothing of it was sent."]
    assert dict(token_rows(shown)) == {"Tokens": "not known", "Cost": "not known"}
    timing = dict(timing_rows(shown))
    assert (timing["First text"], timing["Whole reply"]) == ("not known", "not known")
    ended = dict(ending_rows(shown))
    assert (ended["Status"], ended["What went wrong"], ended["Sent"]) == ("Failed", "没有余额。", "never")


def test_tokens_and_money_say_where_they_come_from():
    paid = replace(
        REPLY, reported=Usage(1237, 311, 1024, 64), cost=Cost(Decimal("0.0005"), Provenance.REPORTED, PRICES)
    )
    assert dict(token_rows(recipe(paid))) == {
        "Input": "1,237 tokens (the server's count; we count ≈9)",
        "– of it cached": "1,024 tokens",
        "Output": "311 tokens (the server's count; we count ≈3)",
        "– of it reasoning": "64 tokens",
        "Cost": "$0.0005 (the server's token counts at a known price)",
        "Unit prices": "$0.15 input, $0.075 cached input, $0.60 output, per million tokens",
        "Prices of": "2026-11-21, OpenAI via genai-prices",
    }
    cut = replace(paid, reported=None, cost=Cost(Decimal("0.0001"), Provenance.PARTIAL, replace(PRICES, cached=None)))
    told = dict(token_rows(recipe(cut)))
    assert told["Output"] == "≈3 tokens (our count)"
    assert told["Cost"] == "≈$0.0001 (the reply was cut: our counts of what arrived)"
    assert told["Unit prices"] == "$0.15 input, $0.60 output, per million tokens"


def test_times_have_units_and_a_reply_without_text_no_first_one():
    told = dict(timing_rows(recipe(timing=Timing(0.5, 2.0, (0.5, 1.0), (1, 2)))))
    assert (told["First text"], told["Whole reply"], told["Speed"]) == ("0.50 s", "2.00 s", "207 tokens/s")
    assert told["Arrived in"] == "2 pieces"
    assert dict(timing_rows(recipe(timing=Timing(None, 2.0))))["First text"] == "no text came"


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        ({}, {}, ()),
        ({"temperature": 0.3}, {}, ("temperature 0.3",)),
        ({}, {"temperature": 0.3}, ("temperature default",)),
        ({"system_prompt": "用中文"}, {"system_prompt": "用英文"}, ("other system prompt",)),
        ({}, {"stop_sequences": ("。",)}, ("stop sequences default",)),
        (
            {},
            {"temperature": 1, "top_p": 1, "seed": 7},
            ("temperature default", "top_p default", "1 more set otherwise"),
        ),
    ],
)
def test_the_chip_names_what_is_set_otherwise_now(then, now, words):
    settings = Settings("here", "甲", Parameters(**then)), Settings("there", "乙", Parameters(**now))
    assert changed(*settings) == words


def test_the_chip_has_the_word_of_a_rating_and_a_copy_says_so():
    rated = replace(message(REPLY), rating=Rating(Thumb.UP, "很好"))
    assert chip(rated, REPLY.settings) == "house-model · 311 tokens · 2.00 s · n/a · “很好”"
    copy = replace(message(), copied_from=1, original=(REPLY,))
    assert chip(copy, REPLY.settings) == "copied · house-model · 311 tokens · 2.00 s · n/a"
    assert chip(message(), REPLY.settings) == "copied"


def test_what_is_set_now_is_named_whole():
    now = Settings("there", "乙", Parameters(temperature=1))
    assert changed_since(SET, now) == ("there · 乙 · temperature 1 · max_tokens default · system prompt default")
    assert changed_since(SET, SET) == ""


def test_each_request_has_its_part_of_the_text_and_the_response_is_json():
    first, second = replace(REPLY, status=Status.STOPPED), replace(REPLY, text_start=2, reasoning="想")
    shown = [recipe(first, second, place=place) for place in (0, 1)]
    assert [one.text for one in shown] == ["你好", "，世界"]
    free = recipe(replace(REPLY, cost=Cost(Decimal(0), Provenance.FREE)))
    *told, last = json.loads(json.dumps([response(one) for one in (*shown, free)]))
    assert [one["cost"]["usd"] for one in (told[0], last)] == [None, "0"]
    assert [one["text"] for one in told] == ["你好", "，世界"]
    assert [one["status"] for one in told] == ["stopped", "complete"]
    assert told[1]["reasoning"] == "想"
    assert told[1]["usage"]["reported"]["output_tokens"] == 311
    assert told[1]["echoed"]["created"] == 1_790_000_000
