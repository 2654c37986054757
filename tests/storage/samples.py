"""What the storage tests store."""

from decimal import Decimal

from llm.types import Cost, Failure, Outcome, Parameters, Provenance, Sent, Settings, Status, Timing, UnitPrices, Usage
from storage.experiments.records import RunId

SETTINGS = Settings(
    "Zuhause", "模型-7b", Parameters(temperature=0.3, stop_sequences=("。", "\n\n"), system_prompt="用中文回答。")
)
PRICES = UnitPrices(Decimal("0.15"), None, Decimal("0.60"), "2026-11-21", "genai-prices")
TIMING = Timing(0.25, 1.5, (0.25, 0.5, 1.5), (2, 5, 9))
SENT = Sent({"model": "模型-7b", "stream": True}, (1, 2, 3, 7), "c0ffee", (("seed", "this model has none"),))
FAILED = Failure("quota", "The account has no credit left.", "余额不足")


def outcome(
    status=Status.COMPLETE, reported=None, cost="0.25", provenance=Provenance.ESTIMATED, estimated=None, **more
):
    amount = None if cost is None else Decimal(cost)
    return Outcome(status, estimated or Usage(10, 5), Cost(amount, provenance), TIMING, reported, **more)


def say(store, prompt, reply="好的。", conversation_id=None, settings=SETTINGS, end=None):
    """One whole turn."""
    turn = store.replies.begin(conversation_id, prompt, "标题", settings)
    assert store.replies.finish(turn.reply_id, reply, "", end or outcome())
    return turn


def say_again(store, turn, reply="再来。"):
    """Another reply to the prompt of a turn."""
    again = store.replies.begin_again(turn.reply_message_id, SETTINGS)
    assert store.replies.finish(again.reply_id, reply, "", outcome())
    return again


def said(history):
    """The messages of a context, the oldest first."""
    return list(reversed(history))[::-1]


def texts(store, conversation_id):
    return [message.text for message in store.messages.path(conversation_id)]


def run(store, experiment, cell, repetition=0, judges=False, prompt="问", reply="好的。", end=None):
    """One whole run of an experiment."""
    turn = store.runs.begin(experiment, RunId(cell, repetition, judges), prompt, SETTINGS)
    assert store.replies.finish(turn.reply_id, reply, "", end or outcome())
    return turn
