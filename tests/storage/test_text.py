"""Text and numbers come back as they went in."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm.types import Cost, Failure, Outcome, Parameters, Provenance, Sent, Settings, Status, Timing, UnitPrices, Usage
from storage.compact import ids_in, spans, steps, sums
from storage.store import Store

ANY_TEXT = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]))  # lone surrogates are among "C"
SOUND_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
STORABLE = st.integers(0, 2**63 - 1)
USAGE = st.builds(Usage, STORABLE, STORABLE, STORABLE, STORABLE)
MONEY = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False)
PRICES = st.builds(UnitPrices, st.none() | MONEY, st.none() | MONEY, st.none() | MONEY, SOUND_TEXT, SOUND_TEXT)
COST = st.builds(Cost, MONEY, st.sampled_from(Provenance), st.none() | PRICES)
SECONDS = st.floats(0, 10**6)
NUMBER = st.none() | st.floats(-10, 10)
PARAMETERS = st.builds(
    Parameters,
    temperature=NUMBER,
    top_p=NUMBER,
    max_tokens=st.none() | st.integers(),
    stop_sequences=st.lists(SOUND_TEXT).map(tuple),
    seed=st.none() | st.integers(),
    response_format=st.sampled_from([None, "json_object"]),
    system_prompt=st.none() | SOUND_TEXT,
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | SOUND_TEXT, lambda inner: st.lists(inner), max_leaves=5)
SENT = st.builds(
    Sent,
    st.dictionaries(SOUND_TEXT, JSON, max_size=3),
    st.lists(st.integers(1, 99)).map(tuple),
    SOUND_TEXT,
    st.lists(st.tuples(SOUND_TEXT, SOUND_TEXT), max_size=2).map(tuple),
)
OUTCOME = st.builds(
    Outcome,
    st.sampled_from([status for status in Status if status is not Status.STREAMING]),
    USAGE,
    COST,
    st.builds(Timing, st.none() | SECONDS, st.none() | SECONDS),
    st.none() | USAGE,
    st.none() | SOUND_TEXT,
    st.none() | st.builds(Failure, SOUND_TEXT, SOUND_TEXT, SOUND_TEXT),
    st.none() | SOUND_TEXT,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("text") / "playground.db")
    yield store
    store.close()


@given(prompt=ANY_TEXT, reply=ANY_TEXT, title=ANY_TEXT)
@example("\0", "a\0b\0", "\0")
@example("你好，世界", "👩‍👩‍👧‍👦 🇨🇳", "نص عربي ‮עברית")
@example("\ud83d\ude00", "half \ud83d", "\udfff\x85\u2028\r\n\ufeff")
@example("'; DROP TABLE messages; --", "?1 :name %s {}", "1e400")
def test_any_text_comes_back_with_only_surrogates_replaced(store, prompt, reply, title):
    turn = store.replies.begin(None, prompt, title, Settings())
    outcome = Outcome(Status.COMPLETE, Usage(), Cost(None, Provenance.UNPRICED), Timing())
    assert store.replies.finish(turn.reply_id, reply, reply[::-1], outcome)
    first, second = store.messages.path(turn.conversation_id)
    found = (first.text, second.text, second.reply.reasoning, store.conversations.get(turn.conversation_id).title)
    for stored, given_text in zip(found, (prompt, reply, reply[::-1], title), strict=True):
        assert stored == "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in given_text)


@given(PARAMETERS, SOUND_TEXT, SOUND_TEXT, SENT, OUTCOME)
def test_every_value_comes_back(store, parameters, connection, model, sent, outcome):
    settings = Settings(connection, model, parameters)
    turn = store.replies.begin(None, "你好", "t", settings)
    store.replies.record_request(turn.reply_id, sent)
    assert store.replies.finish(turn.reply_id, "", "", outcome)
    reply = store.messages.path(turn.conversation_id)[-1].reply
    assert (reply.settings, reply.sent) == (settings, sent)
    assert store.conversations.get(turn.conversation_id).settings == settings
    found = (reply.status, reply.estimated, reply.cost, reply.timing, reply.reported, reply.finish_reason)
    assert Outcome(*found, reply.failure, reply.request_id) == outcome
    assert str(reply.cost.amount) == str(outcome.cost.amount)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_chunk_times_come_back_to_the_millisecond(store, chunks):
    times, ends = tuple(ms / 1000 for ms, _ in chunks), tuple(end for _, end in chunks)
    turn = store.replies.begin(None, "快", "t", Settings())
    cost = Cost(Decimal(0), Provenance.FREE)
    store.replies.finish(turn.reply_id, "", "", Outcome(Status.COMPLETE, Usage(), cost, Timing(0.1, 2.0, times, ends)))
    assert store.replies.chunk_times(turn.reply_id) == Timing(0.1, 2.0, times, ends)


@given(st.lists(st.integers(1, 30)))
def test_ids_survive_as_spans(ids):
    assert ids_in(spans(ids)) == tuple(ids)


def test_a_run_of_ids_is_short():
    assert spans([7, 8, 9, 12, *range(20, 5000)]) == "7-9,12,20-4999"
    assert (spans([]), spans([3])) == ("", "3")


@given(st.lists(st.integers()))
def test_numbers_survive_as_steps(numbers):
    assert sums(steps(numbers)) == tuple(numbers)


def test_a_reply_of_a_million_characters_is_kept_whole(store):
    text = "长" * 1_000_000
    turn = store.replies.begin(None, text, "t", Settings())
    store.replies.save_partial(turn.reply_id, text, "")
    assert [message.text for message in store.messages.path(turn.conversation_id)] == [text, text]
    store.replies.interrupt_streaming()
    store.conversations.delete(turn.conversation_id)
    assert store.conversations.purge_deleted(timedelta(0))
