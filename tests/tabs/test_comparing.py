"""A comparison on its page: what is read to draw it, and what becomes of it when another tab deletes it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from components.comparing.state import Comparing
from components.session import Session
from components.text.model_text import plain
from experiments.comparing.comparison import Setup
from llm.types import Parameters, Settings
from services import ROOT, Services, close, services
from tabs.chat.list_actions import ListActions
from tabs.chat.open_chat import OpenChat
from tabs.comparing.comparison_actions import ComparisonActions
from tabs.comparing.open_comparison import OpenComparison
from tests.playground import KEY, wait_until
from tests.upstream import Answer


@pytest.fixture
def app(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_LOCAL_MODEL", "off")
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield services()
    close()


def compared(app: Services, columns: int = 2, **more) -> str:
    """A comparison whose replies have come."""
    there = app.directory.get("").name
    asked = tuple(Settings(there, "house-model", Parameters(temperature=n / 10)) for n in range(columns))
    id_ = app.comparisons.begin(Setup(asked, **more), "你好")
    wait_until(lambda: not app.comparisons.live(id_))
    return id_


def page(id_: str = "") -> AppTest:
    """The Compare page with a comparison, drawn once."""
    at = AppTest.from_file(str(ROOT / "pages" / "compare.py"), default_timeout=30)
    if id_:
        at.query_params["id"] = id_
    at.run()
    assert not at.exception
    return at


@contextmanager
def queries(app: Services) -> Iterator[list[str]]:
    """What is asked of the store."""
    asked: list[str] = []
    with app.store._file.read() as reader:
        reader.set_trace_callback(asked.append)
    yield asked
    with app.store._file.read() as reader:
        reader.set_trace_callback(None)


def said(at: AppTest) -> list[str]:
    return [warning.value for warning in at.warning]


def opened(app: Services, id_: str) -> OpenComparison:
    """That comparison, open in a tab whose page has been drawn to its end: what is drawn from now on is a part."""
    return OpenComparison(OpenChat(app, Session(whole=True, comparing=Comparing(id_))))


class TestWhenAnotherTabHasDeletedIt:
    @pytest.mark.parametrize("button", ["retry_0", "continue_in_chat_0", "compare_again"])
    def test_a_click_finds_that_it_is_gone(self, app, upstream, button):
        upstream.answer = Answer(chunks=("一半",), finish_reason=None, done=False)
        at = page(id_ := compared(app))
        app.delete_comparison(id_)
        at.button(key=button).click().run()
        assert not at.exception
        assert [header.value for header in at.header] == ["Compare"]

    def test_so_does_the_end_of_a_reply(self, app):
        does = ComparisonActions(opened(app, compared(app)))
        app.delete_comparison(does.opened.state.comparison_id)
        for act in (does.draw_ended, does.stop, lambda: does.vote(0, "A"), does.reveal):
            act()

    def test_a_part_of_the_page_has_nothing_to_draw(self, app):
        there = opened(app, compared(app))
        shown = there.shown
        assert there.cell(shown, 0, 1).message.text == "Hello from upstream."
        assert [cell.turn for cell in there.newest(shown)] == [0, 0]
        app.delete_comparison(shown.stored.id)
        assert there.cell(shown, 0, 1) is None
        assert there.newest(shown) is None

    def test_nor_where_it_goes_on(self, app):
        there = opened(app, id_ := compared(app))
        shown = there.shown
        assert shown.cells
        app.comparisons.follow_up(id_, "再问")
        assert there.cell(shown, 0, 1) is None

    def test_nor_where_it_was_deleted_while_the_page_read_it(self, app):
        there = opened(app, compared(app))
        there.tab.whole = False
        shown = there.shown
        app.delete_comparison(shown.stored.id)
        assert there.cell(shown, 0, 1) is None


class TestWhatAnActionCouldNotDo:
    def test_is_said_on_the_page_where_it_was_done(self, app):
        at = page(compared(app, blind=True))
        tab = at.session_state["playground_session"]
        ListActions(OpenChat(app, tab)).rename("some", f"钥匙 {KEY}")
        at.run()
        assert said(at) == [plain("Your API key stands in this title. Take it out, then try again.")]
        at.button(key="new_comparison").click().run()
        assert said(at) == []

    def test_and_does_not_go_along_to_another(self):
        tab = Session(page="compare", notice="No.")
        assert not tab.enter("compare")
        assert tab.notice == "No."
        assert tab.enter("chat")
        assert tab.notice == ""

    def test_but_what_an_action_leads_to_may_say_something(self):
        tab = Session(page="compare", notice="It is gone.", wanted="chat")
        assert tab.enter("chat")
        assert (tab.notice, tab.wanted) == ("It is gone.", "")

    def test_a_prompt_that_cannot_be_sent_says_why(self, app):
        at = page(compared(app))
        at.chat_input[0].set_value(f"钥匙 {KEY}").run()
        assert said(at) == [plain("Column 1: Your API key stands in this message. Take it out, then try again.")]
        at.chat_input[0].set_value("再问").run()
        assert said(at) == []


class TestGoingOnAsAChat:
    def test_the_chat_has_the_name_of_the_comparison(self, app):
        does = ComparisonActions(opened(app, id_ := compared(app)))
        app.comparisons.follow_up(id_, "再问")
        wait_until(lambda: not app.comparisons.live(id_))
        does.rename(id_, "冷与热")
        does.continue_in_chat(0)
        assert [listed.title for listed in app.store.conversations.recent(9)] == ["冷与热"]


class TestUndo:
    def test_what_was_open_when_it_was_deleted_is_open_again(self, app):
        does = ComparisonActions(opened(app, id_ := compared(app)))
        does.delete(id_)
        assert does.opened.state.comparison_id is None
        does.restore(id_)
        assert does.opened.state.comparison_id == id_

    def test_what_was_not_is_not(self, app):
        does = ComparisonActions(opened(app, id_ := compared(app)))
        other = compared(app)
        does.delete(other)
        does.restore(other)
        assert does.opened.state.comparison_id == id_


class TestWhatIsRead:
    def test_the_list_of_earlier_ones_is_read_at_once(self, app):
        for _ in range(3):
            compared(app)
        there = opened(app, "")
        with queries(app) as asked:
            found, more = there.earlier()
        assert (len(found), more, len(asked)) == (3, False, 1)

    def test_each_column_is_read_once_for_the_whole_page_and_its_end_for_a_part(self, app):
        there = opened(app, compared(app, columns=8))
        there.tab.whole = False
        shown = there.shown
        with queries(app) as asked:
            assert shown.begun_with == []
            assert shown.prompts == ["你好"]
            assert all(there.cell(shown, 0, place) for place in range(8))
            assert shown.judged(there.newest(shown), (0, 1))
        assert len([query for query in asked if "branch" in query]) == 8
        there.tab.whole = True
        with queries(app) as asked:
            assert there.cell(shown, 0, 3)
        assert len(asked) == 1
