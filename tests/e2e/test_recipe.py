"""What made a reply can be seen, used again, changed in one thing, and run elsewhere; and each reply can be rated."""

import os
import re
import subprocess
import sys

from playwright.sync_api import Page, expect

from llm.wire.requests import canonical
from tests.e2e.conftest import choose_model, messages, move_right, open_chat, send, settled, watched_page
from tests.upstream import Answer

KEY = "sk-test-0123456789"
ECHO = b'data: {"choices": [], "model": "house-model-2026", "system_fingerprint": "fp_44", "created": 1790000000}\n\n'
PROMPT = 'It\'s "你好" $HOME 👩‍👧'


def ask(page: Page, prompt: str, replies: int = 1) -> None:
    send(page, prompt)
    expect(page.locator(".toolbar-recipe")).to_have_count(replies)
    settled(page)


def open_recipe(page: Page):
    page.locator(".toolbar-recipe").last.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("tab", name="Settings")).to_be_visible()
    settled(page)
    return drawer


def look_at(drawer, tab: str) -> None:
    drawer.get_by_role("tab", name=tab).click()
    settled(drawer.page)


def copied(page: Page, label: str) -> str:
    button = page.get_by_role("button", name=label, exact=True)
    button.click()
    expect(button).to_have_count(0)  # it says "Copied"
    return page.evaluate("navigator.clipboard.readText()")


def value(page: Page, key: str) -> str:
    return page.locator(f".st-key-{key} [data-testid=stSliderThumbValue]").inner_text().strip()


def test_a_recipe_tells_what_made_a_reply_and_is_used_again(page, server, upstream):
    upstream.answer = Answer(events=(ECHO,))
    open_chat(page, server)
    move_right(page, "temperature", "0")
    ask(page, PROMPT)
    chip = page.locator(".toolbar-recipe")
    expect(chip).not_to_contain_text("temperature")
    move_right(page, "temperature", "0.05")
    move_right(page, "top_p", "0")
    expect(chip).to_have_text(re.compile(r"house-model · temperature 0 · top_p default · 311 tokens · .* s · n/a"))
    drawer = open_recipe(page)
    for cells in (["Model", "house-model", "house-model", "house-model-2026"], ["Temperature", "0", "0", "–"]):
        row = drawer.get_by_role("row").filter(has=page.get_by_role("cell", name=cells[0], exact=True))
        expect(row.get_by_role("cell")).to_have_text(cells)
    expect(drawer).to_contain_text("The sidebar has now: temperature 0.05 · top_p 0")
    look_at(drawer, "Figures")
    for said in ("1,237 tokens (the server's count", "no price of this model is known", "req-7", "stop", "chatcmpl-7"):
        expect(drawer).to_contain_text(said)
    look_at(drawer, "Context")
    expect(drawer).to_contain_text("This is the request, to the byte")
    expect(drawer).to_contain_text(PROMPT)
    look_at(drawer, "Settings")
    drawer.get_by_role("button", name="Use these settings").click()
    expect(drawer).to_have_count(0)
    settled(page)
    assert (value(page, "temperature"), value(page, "top_p")) == ("0", "default")
    expect(chip).not_to_contain_text("temperature")
    ask(page, "再来", 2)
    assert upstream.requests[1] == upstream.requests[0] | {"messages": upstream.requests[1]["messages"]}


def test_what_is_copied_runs_and_a_change_of_one_thing_stands_beside(page, server, upstream, visitor):
    visitor.grant_permissions(["clipboard-read", "clipboard-write"])
    open_chat(page, server)
    ask(page, PROMPT)
    drawer = open_recipe(page)
    look_at(drawer, "Code")
    programs = [copied(page, "Copy as Python"), copied(page, "Copy as curl")]
    look_at(drawer, "JSON")
    request, response = copied(page, "Copy the request"), copied(page, "Copy the response")
    assert PROMPT.split()[-1] in request
    assert '"text": "Hello from upstream."' in response
    environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY}
    for command, text in zip(([sys.executable, "-c"], ["sh", "-c"]), programs, strict=True):
        assert KEY not in text
        subprocess.run([*command, text], env=environment, check=True, capture_output=True, timeout=60)
    assert len({canonical(one) for one in upstream.requests}) == 1
    assert len(upstream.requests) == 3
    look_at(drawer, "Settings")
    expect(drawer.locator(".st-key-recipe_run button")).to_be_disabled()
    drawer.locator(".st-key-recipe_parameter input").click()
    page.get_by_role("option", name="Max tokens").click()
    settled(page)
    drawer.locator(".st-key-recipe_max_tokens input").fill("77")
    drawer.locator(".st-key-recipe_max_tokens input").press("Enter")
    settled(page)
    upstream.answer = Answer(chunks=("另一个",))
    drawer.locator(".st-key-recipe_run button").click()
    expect(drawer).to_have_count(0)
    expect(messages(page).nth(1)).to_contain_text("另一个")
    expect(page.locator(".toolbar-place")).to_have_text("2/2")
    assert upstream.requests[-1] == upstream.requests[0] | {"max_tokens": 77}
    expect(page.locator(".st-key-max_tokens input")).to_have_value("77")
    page.locator(".toolbar-previous").click()
    expect(page.locator(".toolbar-recipe")).to_contain_text("max_tokens default")


def test_a_reply_that_was_cut_and_continued_shows_each_of_its_requests(page, server, upstream):
    upstream.answer = Answer(chunks=("一半 ",), done=False, finish_reason=None)
    open_chat(page, server)
    ask(page, "数数")
    upstream.answer = Answer(chunks=("另一半",), finish_reason="length", usage=None)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".toolbar-recipe")).to_contain_text("2 requests")
    drawer = open_recipe(page)
    expect(drawer).to_contain_text("Cut at the token limit")
    look_at(drawer, "Context")
    expect(drawer).to_contain_text("This is the request, to the byte")
    expect(drawer).to_contain_text("Go on exactly where your last message ends.")
    drawer.get_by_role("radio", name="Request 1").click()
    settled(page)
    expect(drawer).to_contain_text("Incomplete")
    look_at(drawer, "Figures")
    expect(drawer).to_contain_text("none was given")
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    page.locator("[data-message] .toolbar-more").last.click()
    page.get_by_role("button", name="Fork into a new conversation").click()
    expect(page.locator(".toolbar-recipe")).to_contain_text("copied · house-model")
    settled(page)
    drawer = open_recipe(page)
    look_at(drawer, "Context")
    expect(drawer).to_contain_text("This is the request, to the byte")


def test_a_reply_is_rated_with_a_thumb_and_a_word(browser, server, upstream):
    with watched_page(browser, reduced_motion="reduce") as page:
        open_chat(page, server)
        choose_model(page, "house-model")
        ask(page, "你好")
        up, down, box = page.locator(".toolbar-up"), page.locator(".toolbar-down"), page.locator(".toolbar-word")
        up.click()
        expect(box).to_be_visible()
        box.locator("input").fill("<b>很好</b>")
        box.locator("input").press("Enter")
        expect(page.locator(".toolbar-recipe")).to_contain_text("“<b>很好</b>”")
        down.click()
        expect(down).to_have_attribute("aria-pressed", "true")
        page.set_viewport_size({"width": 390, "height": 844})
        page.reload()
        expect(down).to_have_attribute("aria-pressed", "true")
        expect(up).to_have_attribute("aria-pressed", "false")
        expect(page.locator(".toolbar-recipe")).to_contain_text("很好")
        settled(page)
        drawer = open_recipe(page)
        for tab in ("Figures", "Context", "Code", "JSON", "Settings"):
            look_at(drawer, tab)
            wider = "[data-testid=stDialog] [data-testid=stVerticalBlock]"
            assert page.evaluate(f"[...document.querySelectorAll('{wider}')].every(e => e.scrollWidth <= 390)"), tab
        drawer.get_by_role("button", name="Close").click()
        expect(drawer).to_have_count(0)
        down.click()
        expect(down).to_have_attribute("aria-pressed", "false")
        expect(page.locator(".toolbar-recipe")).not_to_contain_text("很好")
        expect(box).to_have_count(0)
