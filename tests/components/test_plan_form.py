"""The form of a plan: nothing that was typed is lost, however fast the next thing is done."""

import pytest
from streamlit.testing.v1 import AppTest


def app():
    from dataclasses import replace

    import streamlit as st

    from components.planning.plan_form import PlanForm, plan_form
    from experiments.draft import Draft

    def edit(field, change):
        draft = st.session_state["draft"]
        st.session_state["draft"] = replace(draft, **{field: change(getattr(draft, field))})

    st.session_state.setdefault("draft", Draft())
    unfolded = ("plan_more", "plan_checks", "plan_judge")
    calls = (edit, lambda content: None, lambda key, folded: None)
    plan_form(st.session_state["draft"], None, PlanForm(("m @ c",), "", "", unfolded, *calls))


@pytest.fixture
def form():
    return AppTest.from_function(app).run()


def draft(form):
    assert not form.exception
    return form.session_state["draft"]


def test_a_prompt_that_is_typed_stays_when_the_next_click_is_drawn_with_it(form):
    form.text_area(key="plan_prompt_0").set_value("天空為什麼是藍色的？")
    form.button(key="add_plan_prompt").click().run()
    assert draft(form).prompts == ("天空為什麼是藍色的？", "")
    form.text_area(key="plan_prompt_0").set_value("海")
    form.button(key="remove_plan_prompt_1").click().run()
    assert draft(form).prompts == ("海",)
    assert form.text_area(key="plan_prompt_0").value == "海"


def test_fields_that_change_together_are_all_kept(form):
    form.text_input(key="plan_title").set_value("Sky")
    form.text_input(key="plan_temperature").set_value("0, 1")
    form.text_input(key="plan_max_tokens").set_value("64")
    form.selectbox(key="plan_response_format").set_value("text")
    form.text_area(key="plan_system_0").set_value("Be brief.")
    form.button(key="add_plan_system").click().run()
    typed = draft(form)
    assert (typed.title, typed.typed) == ("Sky", {"temperature": "0, 1", "max_tokens": "64"})
    assert (typed.fixed.response_format, typed.system_prompts) == ("text", ("Be brief.", ""))


def test_checks_keep_what_is_typed_while_others_come_and_go(form):
    form.button(key="add_check").click().run()
    form.text_input(key="plan_checks_0_text").set_value("巴黎")
    form.checkbox(key="plan_checks_0_ignore_case").check()
    form.button(key="add_check").click().run()
    first, second = draft(form).checks
    assert (first.text, first.ignore_case, second.text) == ("巴黎", True, "")
    form.text_input(key="plan_checks_0_text").set_value("東京")
    form.button(key="plan_checks_1_remove").click().run()
    assert [check.text for check in draft(form).checks] == ["東京"]


def test_a_judges_rubric_and_model_are_typed_at_once(form):
    form.text_area(key="plan_rubric").set_value("短")
    form.selectbox(key="plan_judge_model").set_value("m @ c").run()
    judge = draft(form).judge
    assert (judge.rubric, judge.settings.connection, judge.settings.model) == ("短", "c", "m")
