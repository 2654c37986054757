"""The form of the checks: each kind has its fields, and what is typed becomes a check."""

import pytest
from streamlit.testing.v1 import AppTest

from experiments.checks.json_checks import FitsSchema, ValidJson
from experiments.checks.length import Length
from experiments.checks.text_checks import Contains, Equals, Matches, NotContains, Similar


def app():
    import streamlit as st

    from components.planning.check_fields import check_fields

    def edit(change):
        st.session_state["made"] = change(st.session_state["made"])

    st.session_state.setdefault("made", ())
    check_fields(st.session_state["made"], None, edit, lambda *_: st.expander("", expanded=True, on_change="rerun"))


@pytest.fixture
def form():
    return AppTest.from_function(app).run().button(key="add_check").click().run()


def choose(form, kind):
    return form.selectbox(key="plan_checks_0_kind").select(kind).run()


@pytest.mark.parametrize(
    ("kind", "key", "check"),
    [
        ("contains", "text", Contains("巴黎")),
        ("not contains", "text", NotContains("巴黎")),
        ("matches", "pattern", Matches("巴黎")),
        ("equals", "text", Equals("巴黎")),
        ("similar", "reference", Similar("巴黎")),
    ],
)
def test_a_text_is_typed_for_most_kinds(form, kind, key, check):
    choose(form, kind).text_input(key=f"plan_checks_0_{key}").input("巴黎").run()
    assert form.session_state["made"] == (check,)


def test_what_was_typed_stays_when_the_kind_changes(form):
    form.text_input(key="plan_checks_0_text").input("巴.*").run()
    assert choose(form, "matches").session_state["made"] == (Matches("巴.*"),)


def test_json_is_valid_or_fits_a_schema(form):
    assert choose(form, "valid json").session_state["made"] == (ValidJson(),)
    choose(form, "fits schema").text_area(key="plan_checks_0_schema").input("{}").run()
    assert form.session_state["made"] == (FitsSchema("{}"),)


def test_numbers_and_ticks_are_set(form):
    form.checkbox(key="plan_checks_0_ignore_case").check().run()
    assert form.session_state["made"] == (Contains("", ignore_case=True),)
    choose(form, "similar").slider(key="plan_checks_0_at_least").set_value(0.5).run()
    assert form.session_state["made"] == (Similar("", at_least=0.5),)
    choose(form, "length").number_input(key="plan_checks_0_at_most").set_value(40).run()
    assert form.session_state["made"] == (Length(at_most=40),)


def test_a_check_is_taken_away_and_the_others_stay(form):
    form.text_input(key="plan_checks_0_text").input("甲").run()
    form.button(key="add_check").click().run()
    form.text_input(key="plan_checks_1_text").input("乙").run()
    form.button(key="plan_checks_0_remove").click().run()
    assert form.session_state["made"] == (Contains("乙"),)
    assert form.text_input(key="plan_checks_0_text").value == "乙"
