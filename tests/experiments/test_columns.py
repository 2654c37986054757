"""What the columns of a comparison are called, and what was said in them prompt by prompt."""

from datetime import UTC, datetime

from experiments.comparing.comparison import differing, shared
from experiments.comparing.exchanges import copied, exchanges
from experiments.comparing.names import column_names, shared_line
from llm.types import Cost, Parameters, Provenance, Settings, Status
from storage.records import StoredMessage, StoredReply

HERE, NOW = "127.0.0.1", datetime(2026, 11, 21, tzinfo=UTC)


def settings(model: str = "house-model", **parameters) -> Settings:
    return Settings(HERE, model, Parameters(**parameters))


def message(id_: int, role: str, text: str, *replies: StoredReply) -> StoredMessage:
    return StoredMessage(id_, id_ - 1 or None, role, text, NOW, replies, 1, 1)


def reply(message_id: int) -> StoredReply:
    cost = Cost(None, Provenance.UNPRICED)
    ended = (Status.COMPLETE, "", None, "stop", None, None, None, None, cost, None, NOW)
    return StoredReply("00ff", message_id, 0, 1, settings(), *ended)


def test_a_column_is_named_by_what_the_others_do_not_have():
    columns = [settings(temperature=0.2, seed=7), settings(temperature=1.25, seed=7), settings("另一个", seed=7)]
    assert column_names(differing(columns)) == [
        ["house-model", "Temperature 0.2"],
        ["house-model", "Temperature 1.25"],
        ["另一个", "Temperature default"],
    ]
    assert shared_line(shared(columns)) == "127.0.0.1 · Seed 7"


def test_columns_that_are_all_alike_have_no_names():
    assert column_names(differing([settings(), settings()])) == [[], []]


def test_long_texts_in_a_name_are_shortened():
    ((name,), _) = column_names(differing([settings(system_prompt="Be kind. " * 40), settings()]))
    assert name.startswith("System prompt “Be kind.")
    assert len(name) < 90


def test_a_setting_reads_as_it_is_typed_and_sent():
    columns = [settings(seed=20261121, stop_sequences=("结 束", "x")), settings()]
    assert column_names(differing(columns)) == [
        ["Stop sequences “结 束”, “x”", "Seed 20261121"],
        ["Stop sequences default", "Seed default"],
    ]


def test_what_was_copied_from_a_chat_stands_before_the_comparisons_own_prompts():
    messages = [
        message(1, "user", "Before 之前"),
        message(2, "assistant", "Copied"),
        message(3, "user", "After 之后"),
        message(4, "assistant", "Own", reply(4)),
        message(5, "user", "Then"),
    ]
    assert [each.text for each in copied(messages)] == ["Before 之前", "Copied"]
    assert [(each.prompt.text, each.reply and each.reply.text) for each in exchanges(messages)] == [
        ("After 之后", "Own"),
        ("Then", None),
    ]
