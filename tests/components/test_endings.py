"""Every way in which a reply can end, and what can be done then."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from components.chat.endings import ending
from components.chat.message_actions import can_continue, can_retry, can_send_less
from components.figures import message_caption
from llm.types import Cost, Failure, Provenance, Sent, Settings, Status, Timing, Usage
from storage.records import StoredMessage, StoredReply

NOW = datetime.now(UTC)
REPLY = StoredReply(
    id="a",
    message_id=2,
    text_start=0,
    requests=1,
    settings=Settings("here", "house-model"),
    status=Status.COMPLETE,
    reasoning="",
    sent=Sent({}, (1,), "hash"),
    finish_reason="stop",
    failure=None,
    request_id=None,
    reported=Usage(1237, 311),
    estimated=Usage(9, 3),
    cost=Cost(None, Provenance.UNPRICED),
    timing=Timing(0.5, 2.0),
    started_at=NOW,
)
TOO_LONG = Failure("context_length", "The conversation is longer than the model can read.")


def message(*replies: StoredReply, text: str = "你好") -> StoredMessage:
    return StoredMessage(2, 1, "assistant", text, NOW, replies, 1, 1)


@pytest.mark.parametrize(
    ("changes", "wrote", "word"),
    [
        ({"status": Status.STOPPED}, 5, "Stopped"),
        ({"status": Status.INCOMPLETE}, 5, "Incomplete"),
        ({"status": Status.FAILED}, 0, "Failed"),
        ({"status": Status.INTERRUPTED}, 0, "Interrupted"),
        ({"status": Status.STREAMING}, 5, "Interrupted"),  # nobody fills it any more
        ({"status": Status.STOPPED, "finish_reason": "length"}, 5, "Stopped"),
        ({"finish_reason": "length"}, 5, "Cut at the token limit"),
        ({"finish_reason": "length", "reasoning": "想"}, 0, "Cut at the token limit"),
        ({"finish_reason": "content_filter"}, 5, "Filtered"),
        ({"finish_reason": "refusal"}, 5, "Refused"),
        ({"finish_reason": "tool_calls"}, 0, "Asked for a tool"),
        ({"finish_reason": "function_call"}, 0, "Asked for a tool"),
        ({"reasoning": "想"}, 0, "Only thoughts"),
        ({}, 0, "No text"),
        ({"finish_reason": None}, 0, "No text"),
        ({"text_start": 7}, 0, "Nothing more"),
    ],
)
def test_a_reply_that_did_not_simply_end_well_says_so(changes, wrote, word):
    ended = ending(replace(REPLY, **changes), wrote)
    assert ended.word == word
    assert ended.sentence.endswith(".")


@pytest.mark.parametrize("status", [Status.STOPPED, Status.INCOMPLETE, Status.INTERRUPTED])
def test_a_reply_that_was_cut_says_that_something_is_kept_only_where_something_is(status):
    cut = replace(REPLY, status=status)
    assert "kept" in ending(cut, wrote=5).sentence
    assert "kept" in ending(replace(cut, reasoning="想"), wrote=0).sentence
    assert "first word" in ending(cut, wrote=0).sentence


@pytest.mark.parametrize("finish_reason", ["stop", "eos", None])
def test_a_reply_that_simply_ended_says_nothing(finish_reason):
    assert ending(replace(REPLY, finish_reason=finish_reason, reasoning="想"), wrote=5) is None


@pytest.mark.parametrize(
    ("changes", "text", "offered"),
    [
        ({}, "你好", ""),
        ({"status": Status.FAILED}, "", "retry"),
        ({"status": Status.STOPPED}, "", "retry"),
        ({"status": Status.STOPPED}, "你好", "retry continue"),
        ({"status": Status.INCOMPLETE}, "你好", "retry continue"),
        ({"status": Status.INTERRUPTED}, "你好", "retry continue"),
        ({"status": Status.FAILED, "text_start": 2}, "你好", "retry continue"),
        ({"finish_reason": "length"}, "你好", "continue"),
        ({"finish_reason": "length"}, "", ""),
        ({"finish_reason": "content_filter"}, "你好", ""),
        ({"status": Status.FAILED, "failure": TOO_LONG}, "", "retry"),  # the prompt alone is too long
        ({"status": Status.FAILED, "failure": TOO_LONG, "sent": None}, "", "retry"),
        ({"status": Status.FAILED, "failure": TOO_LONG, "sent": Sent({}, (1, 2, 3), "h")}, "", "retry send_less"),
    ],
)
def test_what_is_offered_is_what_helps(changes, text, offered):
    made = message(replace(REPLY, **changes), text=text)
    asked = {"retry": can_retry, "continue": can_continue, "send_less": can_send_less}
    assert " ".join(name for name, can in asked.items() if can(made)) == offered


def test_the_caption_of_one_request():
    assert message_caption([REPLY]) == "house-model · 311 tokens · 2.00 s · n/a"


def test_the_caption_says_how_often_a_request_was_sent():
    assert message_caption([replace(REPLY, requests=3)]).endswith(" · sent 3 times")


def test_the_caption_sums_all_requests_of_a_message():
    first = replace(REPLY, cost=Cost(Decimal(1), Provenance.REPORTED), status=Status.STOPPED)
    second = replace(REPLY, text_start=2, reported=None, cost=Cost(Decimal(2), Provenance.PARTIAL))
    assert message_caption([first, second]) == "house-model · ≈314 tokens · 4.00 s · ≈$3.00 · 2 requests"
    other = replace(second, settings=Settings("here", "另一个"), requests=2)
    assert message_caption([first, other]).startswith("house-model + 另一个 · ")
    assert message_caption([first, other]).endswith(" · 2 requests · sent 3 times")


def test_a_request_that_was_refused_has_no_cost():
    refused = replace(
        REPLY, status=Status.FAILED, reported=None, estimated=Usage(), cost=Cost(Decimal(0), Provenance.ESTIMATED)
    )
    assert message_caption([refused]) == "house-model · 2.00 s"
