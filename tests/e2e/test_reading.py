"""Reading what an experiment has recorded: filtered, scrubbed, judged by statistics, and nothing of it alive."""

from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from experiments.checks.text_checks import Contains
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.reading.scrub import FOLDER as SCRUB
from llm.types import Settings, Usage
from storage.experiments.records import ExperimentState
from storage.store import Store
from tests.e2e.conftest import Server, settled
from tests.experiments.recorded import ended, record

HOSTILE = "![x](https://evil.example/p.png) <img src=x onerror=alert(1)> :red[红] $5 and $6 <script>alert(2)</script>"
PROMPTS = ("写一首诗", f"hello {HOSTILE}")


def text_of(run):
    begin = HOSTILE if run.repetition == 3 else "The sea 大海"
    return f"{begin} at {run.cell.levels['temperature']:g}, number {run.repetition + 1}."


def end_of(run):
    tokens = 20 + 40 * int(run.cell.levels["temperature"] * 2) + run.repetition
    return ended(tokens=tokens, cost=f"{tokens / 1e5}", reported=Usage(10, tokens))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, shared_upstream):
    """The address of an experiment whose runs are recorded: three temperatures, two prompts, five repetitions."""
    folder = tmp_path_factory.mktemp("reading")
    plan = Plan(
        f"Temperature 温度 {HOSTILE}",
        PROMPTS,
        Settings("upstream", "house-model"),
        (Factor("temperature", (0.0, 0.5, 1.0)),),
        repetitions=5,
        checks=(Contains("sea"),),
    )
    with closing(Store(folder / "playground.db")) as store:
        experiment = record(store, plan, text_of, end_of)
        store.experiments.set_state(experiment.id, ExperimentState.DONE)
    server = Server(folder, OPENAI_BASE_URL=shared_upstream.base_url, OPENAI_API_KEY="sk-test-0123456789").start()
    yield f"{server.url}/experiments?id={experiment.id}"
    server.end()


def read(page: Page, address: str, part: str) -> Page:
    page.goto(address)
    return choose(page, part)


def choose(page: Page, part: str) -> Page:
    page.locator("[class*=st-key-part_]").get_by_text(part, exact=True).click()
    expect(page.locator(f".st-key-reading_{part.split()[0].lower()}")).to_be_visible()
    settled(page)
    return page


def test_the_scrub_changes_the_recorded_reply_without_any_request(page, recorded):
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.on("request", lambda request: sent.append(request.url))
    read(page, recorded, "Scrub")
    reply, temperature = page.locator(".scrub-text"), page.get_by_label("temperature", exact=True)
    expect(reply).to_have_text("The sea 大海 at 0, number 1.")
    assert sent, "requests and what goes through the socket are seen"
    sent.clear()
    temperature.press("ArrowRight")
    expect(reply).to_have_text("The sea 大海 at 0.5, number 1.")
    expect(page.locator(".scrub-figures")).to_contain_text("60 tokens")
    temperature.press("End")
    page.get_by_label("repetition", exact=True).press("ArrowRight")
    expect(reply).to_have_text("The sea 大海 at 1, number 2.")
    box = temperature.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(reply).to_have_text("The sea 大海 at 0.5, number 2.")
    assert sent == []
    assert page.evaluate("document.querySelector('[data-testid=stApp]').dataset.testScriptState") == "notRunning"


def test_where_nothing_is_recorded_the_scrub_shows_the_nearest_reply_and_says_what_gave_way(page):
    reply = {"prompt": 0, "repetition": 0, "cut": "", "status": "", "figures": [], "checks": [], "judge": ""}
    factors = [{"title": "温度", "levels": ["0", "0.5", "1"]}, {"title": "max_tokens", "levels": ["64", "200"]}]
    recorded = ((0, 0), (0, 1), (1, 1), (2, 0))
    replies = [{**reply, "at": at, "text": f"海 at {at}"} for at in recorded]
    page.set_content("<main></main>")
    page.add_script_tag(path=SCRUB / "scrub.js")
    page.evaluate(
        "data => scrub(document.querySelector('main'), data)",
        {"prompts": ["写大海"], "factors": factors, "replies": replies, "note": ""},
    )
    heat, limit, said = page.get_by_label("温度"), page.get_by_label("max_tokens"), page.locator(".scrub-moved")
    expect(said).to_have_count(0)
    heat.press("ArrowRight")
    expect(said).to_have_text("Nearest recorded: max_tokens 200.")
    expect(page.locator(".scrub-text")).to_have_text("海 at (1, 1)")
    expect(limit).to_have_value("1")
    limit.press("ArrowLeft")
    expect(said).to_have_text("Nearest recorded: 温度 0.")
    limit.press("ArrowRight")
    expect(page.locator(".scrub-text")).to_have_text("海 at (0, 1)")
    expect(said).to_have_count(0)


def test_a_hostile_reply_is_text_wherever_it_is_read(page, recorded):
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    read(page, recorded, "Scrub")
    for _ in range(3):
        page.get_by_label("repetition", exact=True).press("ArrowRight")
    expect(page.locator(".scrub-text")).to_contain_text("<script>alert(2)</script>")
    for part in ("Replies", "Charts", "Knobs", "Cost and quality", "Truncation"):
        choose(page, part)
        assert page.locator("[class*=st-key-reading_] img, [class*=st-key-reading_] script").count() == 0
    choose(page, "Replies")
    expect(page.locator(".st-key-reading_replies")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".st-key-reading_replies")).to_contain_text(":red[红] $5 and $6")
    assert dialogs == []


def test_runs_are_filtered_as_one_types_and_a_chosen_one_is_read_whole(page, recorded):
    read(page, recorded, "Table")
    count = page.locator(".st-key-reading_table").get_by_text("30 runs. Choose")
    expect(count).to_contain_text("30 of 30")
    page.get_by_label("Reply contains").type("大海 AT 0.5")
    expect(count).to_contain_text("8 of 30")
    canvas = page.locator(".st-key-reading_table canvas").first.bounding_box()
    page.mouse.click(canvas["x"] + 15, canvas["y"] + 50)
    table = page.locator(".st-key-reading_table")
    expect(table.locator("p", has_text="The sea 大海 at 0.5, number 1.")).to_be_visible()
    for words in ("temperature: 0.5", "model: house-model", "output: 60 tokens", "Contains “sea”."):
        expect(table).to_contain_text(words)
    choose(page, "Charts")
    choose(page, "Table")
    expect(count).to_contain_text("8 of 30")


def test_a_knob_that_matters_is_told_from_those_that_do_not(page, recorded):
    knobs = read(page, recorded, "Knobs").locator(".st-key-reading_knobs")
    told = knobs.get_by_text("Temperature changes output tokens: 22 at 0 to 102 at 1")
    expect(told).to_be_visible(timeout=30_000)
    expect(told).to_contain_text("after correction for")
    expect(knobs).not_to_contain_text("changes check pass rate")
    knobs.get_by_text("No effect told, or not tested").click()
    expect(knobs.get_by_text("No effect of temperature on check pass rate that could be told")).to_be_visible()
    expect(knobs).to_contain_text("Not tested, since no reply has it: judge score")
    expect(knobs.locator("canvas, svg.marks").last).to_be_visible()


def test_what_a_smaller_limit_cuts_and_the_cheapest_that_is_good_enough(page, recorded):
    read(page, recorded, "Truncation")
    expect(page.get_by_text("A max_tokens of 52 would have cut 67% of 30 replies")).to_be_visible()
    choose(page, "Cost and quality")
    expect(page.get_by_text("Cheapest that is good enough: temperature 0")).to_be_visible()
