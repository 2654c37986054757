"""The list of conversations: open, rename, delete and undo; addresses; what survives a restart."""

from contextlib import closing
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from llm.types import Provenance, Settings
from storage.store import Store
from tests.e2e.conftest import Server, messages, move_right, open_chat, send, settled, watched_page
from tests.storage.samples import outcome, say
from tests.upstream import Answer

TEMPERATURE = ".st-key-temperature [data-testid=stSliderThumbValue]"
UNPRICED = outcome(cost=None, provenance=Provenance.UNPRICED)


def start(page: Page, server, prompt: str) -> None:
    page.goto(server.url)
    send(page, prompt)
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()


def newest(page: Page):
    return page.locator(".st-key-conversations button").first


def menu(page: Page, choice: str) -> None:
    page.locator("[class*=st-key-menu_] button").first.click()
    page.get_by_role("menuitem", name=choice).or_(page.get_by_role("option", name=choice)).click()


def test_the_first_prompt_is_the_title_and_the_first_button_opens_the_newest(page, server, upstream):
    start(page, server, "Older")
    start(page, server, "新的对话 newest")
    expect(newest(page)).to_have_text("新的对话 newest")
    expect(page.locator(".st-key-conversations")).to_contain_text("Today")
    page.locator(".st-key-new_conversation button").click()
    expect(messages(page)).to_have_count(0)
    assert "c=" not in page.url
    newest(page).click()
    expect(messages(page).nth(0)).to_contain_text("新的对话 newest")
    page.wait_for_url("**/?c=*")
    assert len(upstream.requests) == 2


def test_a_title_is_shown_as_it_was_typed(page, server, upstream):
    start(page, server, "# *stars* :red[x] ![i](http://evil.example/a.png) $1 and $2")
    expect(newest(page)).to_contain_text("*stars* :red[x] ![i]")


def test_rename(page, server, upstream):
    start(page, server, "Before")
    menu(page, "Rename")
    page.locator(".st-key-new_title input").fill("After 之后")
    page.get_by_role("button", name="Save").click()
    expect(newest(page)).to_have_text("After 之后")


def test_a_title_that_cannot_be_taken_is_said_where_it_is_typed(page, server, upstream):
    start(page, server, "Before")
    menu(page, "Rename")
    for typed, said in ((" ", "Type a title."), ("长" * 300, "That has 300 characters: take at most 200.")):
        page.locator(".st-key-new_title input").fill(typed)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog")).to_contain_text(said)
    expect(newest(page)).to_have_text("Before")


def undo(page: Page, title: str) -> Locator:
    """The button that takes the deletion of this conversation back."""
    return page.locator("[class*=st-key-deleted_]").filter(has_text=f"“{title}”").get_by_role("button", name="Undo")


def test_a_deletion_can_be_undone_and_what_was_open_is_open_again(page, server, upstream):
    start(page, server, "Stay")
    start(page, server, "删掉我 delete me")
    address = page.url
    menu(page, "Delete")
    expect(messages(page)).to_have_count(0)
    expect(newest(page)).to_have_text("Stay")
    undo(page, "删掉我 delete me").click()
    expect(newest(page)).to_have_text("删掉我 delete me")
    expect(messages(page).nth(0)).to_contain_text("删掉我 delete me")
    expect(page).to_have_url(address)
    expect(page.get_by_text("Deleted “")).to_have_count(0)


def test_each_of_two_deletions_can_be_undone_also_after_a_reload(page, server, upstream):
    for prompt in ("留下", "甲 first", "乙 second"):
        start(page, server, prompt)
    for title in ("乙 second", "甲 first"):
        expect(newest(page)).to_have_text(title)
        menu(page, "Delete")
    expect(newest(page)).to_have_text("留下")
    expect(page.get_by_text("Deleted “")).to_have_text(["Deleted “乙 second”.", "Deleted “甲 first”."])
    page.reload()
    undo(page, "乙 second").click()
    expect(newest(page)).to_have_text("乙 second")
    undo(page, "甲 first").click()
    expect(page.get_by_text("Deleted “")).to_have_count(0)
    listed = page.locator(".st-key-conversations [class*=st-key-open_]")
    for place, title in enumerate(("乙 second", "甲 first", "留下")):
        expect(listed.nth(place)).to_have_text(title)
    expect(messages(page)).to_have_count(0)


def test_an_undo_goes_away_by_itself(page, server, upstream):
    start(page, server, "一去不返")
    menu(page, "Delete")
    expect(undo(page, "一去不返")).to_be_visible()
    expect(undo(page, "一去不返")).to_have_count(0, timeout=20_000)
    expect(page.get_by_text("一去不返")).to_have_count(0)


def test_an_address_of_nothing_says_so(page, server):
    page.goto(server.url + "/?c=0123456789abcdef")
    expect(page.get_by_text("This conversation is not here")).to_be_visible()
    expect(page.locator(".st-key-prompt textarea")).to_be_visible()


def test_conversations_and_their_settings_survive_a_restart(tmp_path, browser, upstream):
    upstream.answer = Answer(chunks=("持久",))
    with Server(tmp_path, OPENAI_BASE_URL=upstream.base_url) as server:
        with watched_page(browser) as page:
            open_chat(page, server)
            move_right(page, "temperature", "0")
            send(page, "Remember me")
            expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
            address = page.url
        server.end()
        server.start()
        with watched_page(browser) as page:
            page.goto(address)
            expect(messages(page).nth(1)).to_contain_text("持久")
            expect(page.locator(TEMPERATURE)).to_have_text("0")


def test_settings_stand_however_often_the_page_is_drawn_while_it_loads(page, server, upstream):
    open_chat(page, server)
    move_right(page, "temperature", "0")
    send(page, "Remember me 记住")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    settled(page)
    page.goto(page.url, wait_until="commit")
    expect(page.locator("[data-testid=stApp]")).to_be_visible()
    for _ in range(12):  # each begins a run before the browser has had the one before
        page.keyboard.press("r")
    expect(messages(page).nth(1)).to_contain_text("Hello from upstream.")
    settled(page)
    expect(page.locator(TEMPERATURE)).to_have_text("0")


def stored_turns(folder, upstream, *prompts: str) -> str:
    """The address of a conversation that is in a folder's file already."""
    settings, conversation_id = Settings(urlsplit(upstream.base_url).netloc, "house-model"), None
    with closing(Store(folder / "playground.db")) as store:
        for prompt in prompts:
            conversation_id = say(store, prompt, "好的。", conversation_id, settings, UNPRICED).conversation_id
    return f"/?c={conversation_id}"


def test_only_the_newest_messages_are_drawn_at_first(page, server, upstream):
    page.goto(server.url + stored_turns(server.folder, upstream, *(f"prompt {n}" for n in range(21))))
    expect(messages(page)).to_have_count(40)
    page.locator(".st-key-show_earlier button").click()
    expect(messages(page)).to_have_count(42)
    expect(messages(page).nth(0)).to_contain_text("prompt 0")


def test_without_any_model_the_page_says_so_and_the_conversations_can_be_read(tmp_path, browser, upstream):
    address = stored_turns(tmp_path, upstream, "Keep me 留着")
    with Server(tmp_path, PLAYGROUND_LOCAL_MODEL="off") as server, watched_page(browser) as page:
        page.goto(server.url + address)
        expect(messages(page).nth(0)).to_contain_text("Keep me 留着")
        expect(page.get_by_text("The built-in model is off").first).to_be_visible()
        page.locator(".st-key-new_conversation button").click()
        expect(messages(page)).to_have_count(0)
        send(page, "Anyone? 有人吗")
        expect(page.locator(".st-key-prompt textarea")).to_have_value("Anyone? 有人吗")


def test_a_second_playground_on_the_same_data_is_told_so(server, browser):
    with Server(server.folder, PLAYGROUND_LOCAL_MODEL="off") as second, watched_page(browser) as page:
        page.goto(second.url)
        expect(page.get_by_text("Another playground already runs on these conversations")).to_be_visible()


def test_each_conversation_has_its_own_settings_and_a_new_one_begins_with_those_set_now(page, server, upstream):
    open_chat(page, server)
    move_right(page, "temperature", "0")
    send(page, "First 一")
    expect(page.locator(".toolbar-caption")).to_have_count(1)
    page.locator(".st-key-new_conversation button").click()
    expect(messages(page)).to_have_count(0)
    expect(page.locator(TEMPERATURE)).to_have_text("0")
    move_right(page, "temperature", "0.05")
    send(page, "Second 二")
    expect(page.locator(".toolbar-caption")).to_have_count(1)
    for title, temperature in (("First 一", "0"), ("Second 二", "0.05")):
        page.locator(".st-key-conversations").get_by_role("button", name=title).click()
        expect(messages(page).nth(0)).to_contain_text(title)
        expect(page.locator(TEMPERATURE)).to_have_text(temperature)
    assert [request["temperature"] for request in upstream.requests] == [0, 0.05]
