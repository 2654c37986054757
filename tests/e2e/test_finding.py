"""Finding: words in the sidebar and in the library, and what conversations are labelled with."""

import re
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from llm.types import Provenance, Settings
from storage.records import Thumb
from storage.store import Store
from tests.e2e.conftest import Server, messages, settled, watched_page
from tests.storage.samples import outcome, say, say_again

UNPRICED = outcome(cost=None, provenance=Provenance.UNPRICED)
MANY = 60  # conversations beside those that are looked for
HOSTILE = "# *stars* :red[x] ![i](http://evil.example/a.png)"


@pytest.fixture(scope="module")
def library(shared_upstream, tmp_path_factory):
    """A playground whose file has a branched conversation, a rated one, one with a hostile title, and many others."""
    folder = tmp_path_factory.mktemp("library")
    settings = Settings(urlsplit(shared_upstream.base_url).netloc, "house-model")
    with closing(Store(folder / "playground.db")) as store:
        branched = say(
            store, "如何学习机器学习？", "The first answer has a lighthouse.", settings=settings, end=UNPRICED
        )
        say_again(store, branched, "The second answer has none.")
        rated = say(store, "Where is the sea?", "Beside another lighthouse.", settings=settings, end=UNPRICED)
        store.ratings.rate(rated.reply_message_id, Thumb.UP)
        hostile = say(store, "any", "![x](http://evil.example/b.png) lighthouse :smile: $1", None, settings, UNPRICED)
        for turn, title in ((branched, "学习 plan"), (rated, "The sea"), (hostile, HOSTILE)):
            store.conversations.rename(turn.conversation_id, title)
        for number in range(MANY):
            turn = store.replies.begin(None, "问", f"filler {number}", settings)
            store.replies.finish(turn.reply_id, "好的。", "", UNPRICED)
    with Server(folder, OPENAI_BASE_URL=shared_upstream.base_url) as server:
        yield server


@pytest.fixture
def page(library, browser, upstream):
    with watched_page(browser) as page:
        page.goto(library.url)
        expect(page.locator(".st-key-temperature")).to_be_visible()
        settled(page)
        yield page


def search(page, typed, key="search"):
    box = page.locator(f".st-key-{key} input")
    box.fill("")
    box.press_sequentially(typed)
    settled(page)


def choose(page, menu, name):
    menu.click()
    page.get_by_role("menuitem", name=name).or_(page.get_by_role("option", name=name)).click()
    settled(page)


def test_as_one_types_the_list_becomes_what_is_found_and_a_click_opens_the_message_in_its_branch(page):
    hits = page.locator(".st-key-hits [class*=st-key-hit_]")
    search(page, "lighth")
    expect(hits).to_have_count(3)
    expect(hits.nth(0)).to_contain_text(HOSTILE)
    expect(hits.nth(0)).to_contain_text("![x](http://evil.example/b.png)")
    expect(page.locator(".st-key-conversations")).to_have_count(0)
    search(page, "习机")
    expect(hits).to_have_count(1)
    expect(hits.locator(".stMarkdownColoredBackground")).to_have_text("习机")
    search(page, "first LIGHTHOUSE")
    expect(hits).to_have_count(1)
    box = hits.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7)  # on its words, not on its title
    expect(messages(page).nth(1)).to_contain_text("The first answer has a lighthouse.")
    expect(messages(page).nth(1)).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"\?c=\w+&m=\d+"))
    expect(messages(page).locator(".toolbar-place")).to_have_text("1/2")
    for typed in ('"', "NEAR(", "?!", "👩‍👧"):
        search(page, typed)
        expect(page.get_by_text("Nothing found.")).to_be_visible()
    page.locator(".st-key-search input").fill("")
    expect(page.locator(".st-key-conversations")).to_contain_text("filler 59")


def test_the_library_filters_pages_and_opens(page, library):
    search(page, "lighthouse")
    page.locator(".st-key-all_results button").click()
    page.wait_for_url("**/library")
    rows = page.locator(".st-key-library_rows [class*=st-key-library_row_]")
    expect(page.locator(".st-key-library_search input")).to_have_value("lighthouse")
    expect(rows).to_have_count(3)
    page.get_by_role("radio", name="thumb_up").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Beside another lighthouse.")
    page.get_by_role("radio", name="Any").click()
    expect(rows).to_have_count(3)
    search(page, " ", "library_search")
    expect(rows).to_have_count(25)
    expect(rows.nth(0)).to_contain_text("filler 59")
    page.locator(".st-key-older_page button").click()
    expect(rows.nth(0)).to_contain_text("filler 34")
    page.locator(".st-key-older_page button").click()
    expect(rows).to_have_count(MANY + 3 - 50)
    page.locator(".st-key-newer_page button").click()
    expect(rows.nth(0)).to_contain_text("filler 34")
    rows.nth(0).get_by_role("button", name="filler 34").click()
    expect(messages(page).nth(1)).to_contain_text("好的。")


def test_a_conversation_is_pinned_tagged_and_archived_and_several_are_deleted_and_restored(page, library):
    listed = page.locator(".st-key-conversations")
    first = page.locator("[class*=st-key-menu_] button").first
    choose(page, first, "Pin")
    expect(listed).to_contain_text("Pinned")
    choose(page, first, "Tags")
    page.locator(".st-key-new_tags input").fill("灯塔 light")
    page.locator(".st-key-new_tags input").press("Enter")
    page.locator(".st-key-new_tags input").press("Tab")  # the list of tags closes
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(listed).to_contain_text("灯塔 light")
    choose(page, first, "Archive")
    expect(listed).not_to_contain_text("Pinned")
    expect(listed).not_to_contain_text("灯塔 light")
    page.goto(library.url + "/library")
    rows = page.locator(".st-key-library_rows [class*=st-key-library_row_]")
    expect(rows.nth(0)).to_contain_text("archived")
    expect(rows.nth(0)).to_contain_text("灯塔 light")
    search(page, "filler", "library_search")
    page.locator(".st-key-choose_all button").click()
    expect(page.locator(".st-key-choose_none")).to_contain_text(f"{MANY} chosen")
    settled(page)
    page.locator(".st-key-chosen_delete button").click()
    page.locator(".st-key-confirm_delete button").click()
    expect(page.get_by_text(f"Deleted {MANY} conversations.")).to_be_visible()
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(25)
