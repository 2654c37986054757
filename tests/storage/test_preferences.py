"""Preferences: kept for every conversation; what makes no sense has its default."""

from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.types import Budget, Preferences, Timeouts
from storage.store import Store

SECONDS = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
DOLLARS = st.none() | st.decimals(0, 10**9, allow_nan=False)
PREFERENCES = st.builds(
    Preferences, st.builds(Timeouts, SECONDS, SECONDS, SECONDS), st.builds(Budget, DOLLARS, DOLLARS, DOLLARS)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("preferences")


def stored(store, **rows):
    with store._file.write() as database:
        pairs = [{"name": name, "value": value} for name, value in rows.items()]
        database.table("preferences").insert_all(pairs, pk="name", replace=True)


def test_at_first_everything_has_its_default(store):
    assert store.preferences.get() == Preferences()


@given(PREFERENCES)
def test_what_was_saved_comes_back_now_and_after_a_restart(folder, preferences):
    with closing(Store(folder / "playground.db")) as store:
        store.preferences.get()
        store.preferences.save(preferences)
        assert store.preferences.get() == preferences
    with closing(Store(folder / "playground.db")) as store:
        assert store.preferences.get() == preferences


def test_a_cap_can_be_taken_away(store):
    store.preferences.save(Preferences(budget=Budget(Decimal("0.10"), Decimal(1), Decimal(20))))
    store.preferences.save(Preferences(budget=Budget(day=Decimal(1))))
    assert store.preferences.get().budget == Budget(None, Decimal(1), None)


@pytest.mark.parametrize("value", ["", "很久", "nan", "inf", "-1", "0", "1e999", None])
def test_a_time_that_makes_no_sense_has_its_default_and_spoils_no_other(store, value):
    stored(store, timeout_idle=value, timeout_connect="7.5", budget_day="2")
    assert store.preferences.get() == Preferences(Timeouts(connect=7.5), Budget(day=Decimal(2)))


@pytest.mark.parametrize("value", ["", "很多", "NaN", "Infinity", "-1", None])
def test_an_amount_that_makes_no_sense_is_no_cap(store, value):
    stored(store, budget_month=value, from_a_later_playground="1")
    assert store.preferences.get() == Preferences()


def test_they_are_read_once(store):
    statements = []
    with store._file.read() as reader:
        reader.set_trace_callback(statements.append)
    for _ in range(3):
        store.preferences.get()
    assert len(statements) == 1
