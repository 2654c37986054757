"""Settings side by side: each column for itself while it streams, judged together when it has ended."""

import pytest
from playwright.sync_api import Locator, Page, expect

from llm.servers.directory import ASKING
from tests.e2e.conftest import messages, open_chat, send, settled, type_and_take, watched_page
from tests.upstream import Answer

HELD = Answer(chunks=("The first half ", "前半", " and the second ", "后半."), hold_after=2)
HALF, WHOLE = "The first half 前半", "The first half 前半 and the second 后半."
STEPS = 5  # of a temperature's slider, from the default to 0.2


@pytest.fixture
def compare(page: Page, server, upstream) -> Page:
    """A new comparison of two columns: one with a temperature of 0.2, one without any."""
    page.goto(f"{server.url}/compare")
    expect(page.locator(".st-key-column_1_temperature")).to_be_visible()
    expect(page.get_by_text(ASKING)).to_have_count(0)  # a list that arrives undoes what is being typed
    for column in range(2):
        settled(page)
        if page.locator(f".st-key-column_{column}_model input").input_value() != "house-model":
            type_and_take(page, f"column_{column}_model", "house-model")
        expect(page.locator(f".st-key-column_{column}_model input")).to_have_value("house-model")
    for _ in range(STEPS):
        page.locator(".st-key-column_0_temperature").get_by_role("slider").press("ArrowRight")
    expect(page.locator(".st-key-edited_0")).to_contain_text("Temperature 0.2")
    settled(page)
    return page


def ask(page: Page, prompt: str) -> None:
    box = page.locator(".st-key-compare_prompt textarea")
    box.fill(prompt)
    box.press("Enter")


def reply(page: Page, place: int, turn: int = 0) -> Locator:
    return page.locator(f".st-key-reply_{turn}_{place}")


def all_ended(page: Page, turn: int = 0) -> None:
    for place in range(2):
        expect(reply(page, place, turn).locator(".live-slot")).to_have_count(0)
    expect(page.locator(".st-key-word_by_word")).to_be_visible()
    settled(page)


def turn_on_blind(page: Page) -> None:
    page.locator(".st-key-blind label").first.click()
    settled(page)


def test_each_column_streams_with_its_own_parameters_through_a_reload_and_stops_alone(compare, upstream):
    upstream.answer = HELD
    ask(compare, "Tell me 告诉我")
    for place in range(2):
        expect(reply(compare, place)).to_contain_text(HALF)
    assert sorted(request.get("temperature", 0) for request in upstream.requests) == [0, 0.2]
    assert "?id=" in compare.url
    compare.reload()
    for place in range(2):
        expect(reply(compare, place)).to_contain_text(HALF)
        expect(reply(compare, place).locator(".live-figures")).to_contain_text("≈")
    compare.locator(".st-key-stop_1 button").click()
    expect(reply(compare, 1)).to_contain_text("Stopped")
    expect(reply(compare, 0).locator(".live-slot")).to_have_count(1)
    upstream.release()
    expect(reply(compare, 0)).to_contain_text(WHOLE)
    all_ended(compare)
    expect(reply(compare, 0).locator(".compared-name")).to_have_text("Temperature 0.2")
    expect(reply(compare, 1).locator(".compared-name")).to_have_text("Temperature default")
    expect(compare.get_by_text("Alike in all:")).to_contain_text("house-model")
    expect(reply(compare, 0).locator(".live-figures")).to_contain_text("tokens")
    assert len(upstream.requests) == 2


def test_a_follow_up_goes_to_all_and_each_column_keeps_its_own_history(compare, upstream):
    upstream.script = [Answer(chunks=("One 一",)), Answer(chunks=("Two 二",))]
    ask(compare, "First 第一")
    all_ended(compare)
    said = {
        request.get("temperature"): text for request, text in zip(upstream.requests, ("One 一", "Two 二"), strict=True)
    }
    ask(compare, "Second 第二")
    expect(reply(compare, 0, 1)).to_contain_text("Hello from upstream.")
    expect(reply(compare, 1, 1)).to_contain_text("Hello from upstream.")
    all_ended(compare, 1)
    assert len(upstream.requests) == 4
    for request in upstream.requests[2:]:
        texts = [message["content"] for message in request["messages"]]
        assert texts == ["First 第一", said[request.get("temperature")], "Second 第二"]


def test_the_rows_of_all_prompts_scroll_together(compare):
    for _ in range(3):
        compare.locator(".st-key-add_column button").click()
        settled(compare)
    ask(compare, "First 第一")
    all_ended(compare)
    ask(compare, "Second 第二")
    all_ended(compare, 1)
    reply(compare, 4).scroll_into_view_if_needed()
    lefts = [reply(compare, 4, turn).bounding_box()["x"] for turn in range(2)]
    assert lefts[0] == lefts[1] < compare.viewport_size["width"]
    expect(reply(compare, 4, 1)).to_be_in_viewport(ratio=0.9)


def test_stop_all_and_retry(compare, upstream):
    upstream.answer = HELD
    ask(compare, "Tell me 告诉我")
    expect(reply(compare, 1)).to_contain_text(HALF)
    compare.locator(".st-key-stop button").click()
    for place in range(2):
        expect(reply(compare, place)).to_contain_text("Stopped")
    upstream.answer = Answer(chunks=("Again 再来.",))
    all_ended(compare)
    compare.locator(".st-key-retry_1 button").click()
    expect(reply(compare, 1)).to_contain_text("Again 再来.")
    expect(reply(compare, 0)).to_contain_text("Stopped")


def test_repetitions_are_asked_each_and_shown_one_at_a_time(compare, upstream):
    compare.locator(".st-key-repetitions input").fill("2")
    compare.locator(".st-key-repetitions input").press("Enter")
    settled(compare)
    texts = {"Reply 甲", "Reply 乙", "Reply 丙", "Reply 丁"}
    upstream.script = [Answer(chunks=(text,)) for text in texts]  # all are asked at once, in whatever order
    ask(compare, "Say it 说")
    all_ended(compare)
    assert len(upstream.requests) == 4
    shown = compare.locator(".st-key-compared")
    first = {text for text in texts if text in shown.inner_text()}
    assert len(first) == 2
    compare.locator(".st-key-repetition").get_by_text("2", exact=True).click()
    for text in texts - first:
        expect(shown).to_contain_text(text)


def test_a_prompt_that_cannot_be_sent_stays_and_nothing_is_sent(compare, upstream):
    ask(compare, "My key is sk-test-0123456789")
    expect(compare.get_by_text("Column 1:")).to_be_visible()
    expect(compare.locator(".st-key-compare_prompt textarea")).to_have_value("My key is sk-test-0123456789")
    assert upstream.requests == []


def test_columns_are_added_and_removed(compare, upstream):
    compare.locator(".st-key-add_column button").click()
    expect(compare.locator(".st-key-edited_2")).to_be_visible()
    compare.locator(".st-key-column_1_remove button").first.click()
    expect(compare.locator(".st-key-edited_2")).to_have_count(0)
    expect(compare.locator(".st-key-edited_0")).to_contain_text("Temperature 0.2")
    for column in range(2, 8):
        settled(compare)
        compare.locator(".st-key-add_column button").click()
        expect(compare.locator(f".st-key-edited_{column}")).to_be_in_viewport(ratio=0.5)
    expect(compare.locator(".st-key-add_column button")).to_be_disabled()
    width = "document.documentElement.scrollWidth <= innerWidth"
    assert compare.evaluate(width)


def frames_of(page: Page) -> list[str]:
    """Whatever the server tells a page from now on, over its socket and its event stream."""
    told: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: told.append(_text(data))))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.eventSourceMessageReceived", lambda event: told.append(event["data"]))
    return told


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


def test_a_blind_comparison_tells_nothing_until_it_is_revealed(compare, upstream, browser):
    type_and_take(compare, "column_0_model", "a-secret-model")
    turn_on_blind(compare)
    upstream.answer = HELD
    ask(compare, "Who are you? 你是谁")
    expect(reply(compare, 1)).to_contain_text(HALF)
    connection = upstream.base_url.split("/")[2]
    with watched_page(browser) as fresh:
        told = frames_of(fresh)
        fresh.goto(compare.url)
        expect(reply(fresh, 1)).to_contain_text(HALF)
        upstream.release()
        all_ended(fresh)
        expect(reply(fresh, 0)).to_contain_text(WHOLE)
        whole = "".join(told) + fresh.content() + fresh.url
        assert HALF in whole
        for secret in ("secret-model", "house-model", connection, "emperature", "tokens/s"):
            assert secret not in whole, secret
        expect(fresh.locator(".live-figures")).to_have_count(0)
        expect(fresh.get_by_text("Compare again")).to_have_count(0)
        fresh.locator(".st-key-vote").get_by_text("A", exact=True).click()
        expect(fresh.locator(".st-key-reveal")).to_be_visible()
        fresh.locator(".st-key-vote").get_by_text("B", exact=True).click()
        settled(fresh)
        fresh.locator(".st-key-reveal button").click()
        expect(fresh.get_by_text("Your vote: B")).to_be_visible()
        winner = reply(fresh, 1).locator(".compared-head")
        loser = "house-model" if "secret" in winner.inner_text() else "a-secret-model"
        expect(reply(fresh, 0)).to_contain_text(loser)
        fresh.locator(".st-key-new_comparison button").click()
        fresh.locator(".st-key-win_rates summary").click()
        expect(fresh.locator(".st-key-win_rates canvas, .st-key-win_rates svg").first).to_be_visible()


def test_revealing_before_all_repetitions_are_voted_on_asks_once_more(compare):
    turn_on_blind(compare)
    compare.locator(".st-key-repetitions input").fill("2")
    compare.locator(".st-key-repetitions input").press("Enter")
    settled(compare)
    ask(compare, "Twice 两次")
    all_ended(compare)
    compare.locator(".st-key-vote").get_by_text("A", exact=True).click()
    early = compare.locator(".st-key-reveal_early button").first
    expect(early).to_contain_text("Reveal all: 1 of 2 voted")
    early.click()
    expect(compare.get_by_text("You have not voted in 1 repetition.")).to_be_visible()
    compare.keyboard.press("Escape")
    compare.locator(".st-key-repetition").get_by_text("2", exact=True).click()
    settled(compare)
    compare.locator(".st-key-vote").get_by_text("Tie", exact=True).click()
    expect(compare.locator(".st-key-reveal")).to_contain_text("Reveal all: 2 of 2 voted")
    compare.locator(".st-key-reveal button").click()
    expect(compare.get_by_text("Your vote: a tie")).to_be_visible()


def test_a_column_goes_on_as_a_chat(compare, upstream):
    ask(compare, "Begin 开始")
    all_ended(compare)
    compare.locator(".st-key-continue_in_chat_0 button").click()
    expect(messages(compare)).to_have_count(2)
    expect(messages(compare).nth(1)).to_contain_text("Hello from upstream.")
    compare.wait_for_url("**/?c=*")
    settled(compare)
    chat = compare.url
    compare.go_back()
    expect(reply(compare, 0)).to_contain_text("Hello from upstream.")
    settled(compare)
    assert "?id=" in compare.url
    assert "c=" not in compare.url.partition("?")[2]
    compare.go_forward()
    expect(messages(compare)).to_have_count(2)
    assert compare.url == chat
    expect(compare.locator(".st-key-temperature")).to_contain_text("0.2")
    send(compare, "Go on 继续")
    expect(messages(compare)).to_have_count(4)
    expect(messages(compare).nth(3)).to_contain_text("Hello from upstream.")
    assert [m["content"] for m in upstream.requests[-1]["messages"]][:2] == ["Begin 开始", "Hello from upstream."]


def test_a_chat_goes_on_in_columns(page, server, upstream):
    open_chat(page, server)
    send(page, "Before 之前")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    settled(page)
    messages(page).nth(1).locator(".toolbar-more").click()
    page.locator(".toolbar-compare").click()
    expect(page.locator(".st-key-source")).to_contain_text("Begins with 2 messages of “Before 之前”.")
    ask(page, "After 之后")
    all_ended(page)
    for request in upstream.requests[1:]:
        assert [m["content"] for m in request["messages"]] == ["Before 之前", "Hello from upstream.", "After 之后"]
    assert len(upstream.requests) == 3


def test_differing_words_are_marked_and_inert(compare, upstream):
    hostile = '<img src="http://evil.example/x" onerror="document.title=1"> **bold** 很好'
    upstream.script = [Answer(chunks=(f"same words {hostile} old",)), Answer(chunks=(f"same words {hostile} new",))]
    ask(compare, "Differ 不同")
    all_ended(compare)
    compare.locator(".st-key-word_by_word summary").click()
    shown = compare.locator(".word-differences")
    expect(shown).to_contain_text(hostile)
    expect(shown.locator("del")).to_have_count(1)
    expect(shown.locator("ins")).to_have_count(1)
    assert sorted(shown.locator("del, ins").all_inner_texts()) == ["new", "old"]
    expect(compare.locator("img[src*=evil]")).to_have_count(0)


def test_a_deleted_comparison_comes_back(compare, upstream):
    ask(compare, "Keep me 留住我")
    all_ended(compare)
    compare.locator(".st-key-new_comparison button").click()
    listed = compare.get_by_test_id("stSidebar").locator("[class*=st-key-listed_]").first
    expect(listed).to_contain_text("Keep me 留住我")
    expect(listed).to_contain_text("2 columns")
    listed.locator("[class*=st-key-menu_] button").first.click()
    compare.get_by_text("Delete", exact=True).click()
    compare.locator("[class*=st-key-undo_] button").click()
    expect(listed).to_contain_text("Keep me 留住我")
    listed.locator("[class*=st-key-open_] button").click()
    expect(reply(compare, 0)).to_contain_text("Hello from upstream.")


def test_the_list_stands_beside_an_open_comparison(compare):
    ask(compare, "The first 第一个")
    all_ended(compare)
    compare.locator(".st-key-new_comparison button").click()
    settled(compare)
    ask(compare, "The second 第二个")
    all_ended(compare)
    listed = compare.get_by_test_id("stSidebar").locator("[class*=st-key-listed_]")
    expect(listed.nth(0)).to_contain_text("The second 第二个")
    listed.nth(1).locator("[class*=st-key-menu_] button").first.click()
    compare.get_by_text("Delete", exact=True).click()
    compare.locator("[class*=st-key-undo_] button").click()
    expect(listed.nth(1)).to_contain_text("The first 第一个")
    expect(reply(compare, 0)).to_contain_text("Hello from upstream.")


def test_one_that_is_deleted_while_it_is_open_opens_again(compare, upstream):
    ask(compare, "Keep me open 留着")
    all_ended(compare)
    compare.locator(".st-key-comparison_menu button").first.click()
    compare.get_by_text("Delete", exact=True).click()
    expect(compare.locator(".st-key-edited_0")).to_be_visible()
    compare.locator("[class*=st-key-undo_] button").click()
    expect(reply(compare, 0)).to_contain_text("Hello from upstream.")


def test_what_another_tab_has_deleted_is_said_whatever_part_is_drawn(compare, upstream):
    ask(compare, "Forget me 忘了我")
    all_ended(compare)
    other = compare.context.new_page()
    other.goto(compare.url)
    other.locator(".st-key-comparison_menu button").first.click()
    other.get_by_text("Delete", exact=True).click()
    expect(other.locator("[class*=st-key-undo_]").first).to_be_visible()
    other.close()
    compare.locator(".st-key-word_by_word summary").click()
    expect(compare.get_by_text("This comparison is not here")).to_be_visible()
    expect(compare.locator("[data-testid=stException]")).to_have_count(0)
