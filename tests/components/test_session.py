"""What a tab draws of a long conversation."""

from streamlit.testing.v1 import AppTest

from components.session import GROWING, NEWEST, Session


def newest(messages: int) -> list[int]:
    """The ids of the newest of so many messages, as many as a page reads."""
    return list(range(messages))[-NEWEST - GROWING :]


def drawn(tab: Session, messages: int) -> list[int]:
    return newest(messages)[tab.place_of_first(newest(messages)) :]


def test_of_a_long_conversation_the_newest_messages_are_drawn():
    assert drawn(Session(), 1_000) == list(range(960, 1_000))


def test_the_first_message_stays_while_the_conversation_grows():
    tab = Session()
    assert {drawn(tab, said)[0] for said in range(1_000, 1_000 + GROWING + 1)} == {960}


def test_however_much_is_said_what_is_drawn_is_bounded():
    tab = Session()
    assert max(len(drawn(tab, said)) for said in range(0, 2_000, 2)) == NEWEST + GROWING
    assert min(len(drawn(tab, said)) for said in range(NEWEST, 2_000, 2)) >= NEWEST


def test_nothing_is_drawn_of_nothing():
    assert drawn(Session(), 0) == []


def test_on_a_shorter_branch_as_many_are_drawn_as_ever():
    tab = Session()
    drawn(tab, 1_000)
    assert drawn(tab, 970) == list(range(930, 970))


def test_what_a_widget_showed_in_one_view_is_told_anew_in_another():
    def page() -> None:
        import streamlit as st

        from components.session import look_at, project

        look_at(st.query_params.get("view", "plan"))
        st.write("shown" if "models" in st.session_state else "told anew")
        project("models", ["模型"])
        st.multiselect("Models", ["模型"], key="models")

    at = AppTest.from_function(page)
    assert at.run().markdown[0].value == "told anew"
    assert at.run().markdown[0].value == "shown"
    at.query_params["view"] = "experiment"
    assert at.run().markdown[0].value == "told anew"
    assert at.multiselect[0].value == ["模型"]
