"""What a tab remembers of a page."""

from streamlit.testing.v1 import AppTest


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


def test_what_a_browser_tells_of_a_widget_that_is_gone_does_nothing_but_draw_the_page():
    def page() -> None:
        import streamlit as st

        from components.session import widget

        st.button("说", key="tell", on_click=lambda: st.session_state.update(said=widget("gone")))
        st.write("said" if "said" in st.session_state else "nothing said")

    at = AppTest.from_function(page).run()
    at.button("tell").click().run()
    assert not at.exception
    assert at.markdown[0].value == "nothing said"
