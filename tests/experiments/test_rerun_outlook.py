"""What a rerun is expected to take, and what its turns took more or less than the originals."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from experiments.estimate import Past, Span
from experiments.field_problem import FieldProblem
from experiments.rerunning.outlook import outlook
from experiments.rerunning.turn_by_turn import change
from llm.models.tokens import tokenizer_for
from llm.servers.connections import Connection
from llm.types import Cost, Message, Parameters, Provenance, Settings, Spent, Usage
from llm.wire.requests import prepare
from storage.experiments.rerun_records import Way

HERE = Connection("here", "https://api.openai.com/v1", "")
MODEL = "gpt-4o-mini"
SETTINGS = Settings("here", MODEL, Parameters(system_prompt="用中文回答。"))
ASKED = [("第一问", "很长的回答。" * 50), ("Second?", ""), ("第三问", "短")]
AT = datetime(2026, 11, 21, tzinfo=UTC)
PAST = {("here", MODEL): Past([100] * 10, [2.0] * 10)}


def look(way, settings=SETTINGS, asked=ASKED, past=PAST):
    return outlook(way, settings, asked, lambda _: HERE, past, AT)


def exactly(histories):
    """The tokens of these requests as they would leave."""
    return sum(prepare([(0, message) for message in said], SETTINGS, HERE).context.tokens for said in histories)


def test_on_the_original_history_the_input_is_counted_to_the_token():
    messages = [
        Message(role, text) for turn in ASKED for role, text in zip(("user", "assistant"), turn, strict=True) if text
    ]
    prompts = [place for place, message in enumerate(messages) if message.role == "user"]
    found = look(Way.ORIGINAL)
    assert found.bill.input_tokens.likely == exactly(messages[: place + 1] for place in prompts)
    assert found.bill.input_tokens.low == found.bill.input_tokens.high
    assert (found.turns, found.bill.requests, found.bill.output_tokens.likely) == (3, 3, 300)


def test_on_its_own_replies_the_input_grows_with_what_the_model_is_expected_to_write():
    frame = tokenizer_for(MODEL, False).count_message(Message("assistant", ""))
    alone = exactly([[Message("user", prompt)] for prompt, _ in ASKED])
    base = exactly([[Message("user", "")]]) - frame
    prompts = [tokenizer_for(MODEL, False).count_message(Message("user", prompt)) for prompt, _ in ASKED]
    repeated = prompts[0] * 2 + prompts[1]  # each prompt again in every later turn
    assert look(Way.OWN).bill.input_tokens.likely == alone + repeated + 3 * (100 + frame)
    assert alone == 3 * base + sum(prompts)


def test_time_is_that_of_earlier_replies_shared_by_those_under_way():
    assert look(Way.OWN).seconds == Span(6.0, 6.0, 6.0)
    assert look(Way.ORIGINAL).seconds == Span(2.0, 2.0, 2.0)
    assert look(Way.OWN, past={}).seconds is None
    assert look(Way.OWN, past={}).bill.guessed == (MODEL,)


def test_no_more_is_counted_than_there_is_room_for():
    limited = replace(SETTINGS, parameters=Parameters(context_limit=40))
    found = look(Way.ORIGINAL, limited)
    assert found.bill.input_tokens.likely <= 3 * 40


def test_a_connection_that_is_gone_is_said():
    with pytest.raises(FieldProblem):
        look(Way.OWN, Settings("elsewhere", MODEL))


def spent(tokens, cost):
    provenance = Provenance.REPORTED if cost is not None else Provenance.UNPRICED
    return Spent().plus(Usage(10, tokens), Cost(cost if cost is None else Decimal(cost), provenance), True)


def test_a_change_is_the_new_less_the_original_and_an_unknown_price_is_no_zero():
    found = change(spent(30, "0.5"), spent(20, "0.2"), (3.0, 2.0))
    assert (found.input_tokens, found.output_tokens, found.cost, found.seconds) == (0, -10, Decimal("-0.3"), -1.0)
    assert change(spent(30, None), spent(20, "0.2")).cost is None
    assert change(Spent(), spent(20, "0.2")).output_tokens is None
