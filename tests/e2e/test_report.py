"""The report in a browser: opened from a file, it fetches nothing, and its recorded replies can be turned through."""

import csv
import json
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from experiments.plan import Plan
from experiments.report.page import report_html
from llm.types import Settings
from storage.experiments.records import ExperimentState
from storage.store import Store
from tests.e2e.conftest import settled
from tests.experiments.exported import recorded
from tests.experiments.recorded import record
from tests.experiments.test_report import EVERYWHERE, HOSTILE


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The address of a report in which everybody was hostile."""
    folder, replies = tmp_path_factory.mktemp("report"), [f"{number} 好 {HOSTILE}" for number in range(8)]
    with closing(Store(folder / "playground.db")) as store:
        exported = recorded(store, EVERYWHERE, replies, judgement=f"因 {HOSTILE}\nScore: 3")
    file = folder / "报告.html"
    file.write_text(report_html(exported, found=()), "utf-8")
    return file.as_uri()


@pytest.fixture
def opened(browser, report):
    """A function that opens the report, and what was fetched or went wrong since."""
    context, seen = browser.new_context(), []

    def open_(**options):
        page = context.new_page()
        page.on("request", lambda request: seen.append(request.url))
        page.on("pageerror", lambda error: seen.append(f"script: {error}"))
        page.on("console", lambda message: seen.append(message.text))
        page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
        page.set_viewport_size({"width": 390, "height": 800})
        page.emulate_media(**options)
        page.goto(report)
        return page, seen

    yield open_
    context.close()


def test_it_opens_from_a_file_and_fetches_nothing(opened, report):
    page, seen = opened()
    page.evaluate("() => document.querySelectorAll('details').forEach(details => { details.open = true; })")
    expect(page).to_have_title(" ".join(EVERYWHERE.title.split()))
    expect(page.get_by_role("heading", name="Plan")).to_be_visible()
    assert [url for url in seen if not url.startswith("data:image/svg+xml")] == [report]
    assert page.evaluate("document.scripts.length") == 2
    assert page.evaluate("document.querySelectorAll('img:not([src^=\"data:image/svg+xml\"])').length") == 0


def test_dragging_a_knob_shows_another_recorded_reply_at_once(opened):
    page, seen = opened()
    scrub = page.locator("#scrub")
    text, before = scrub.locator(".scrub-text"), len(seen)
    first = text.inner_text()
    assert HOSTILE in first
    scrub.get_by_role("slider", name="temperature").press("ArrowRight")
    expect(text).not_to_have_text(first)
    assert HOSTILE in text.inner_text()
    assert len(seen) == before


def test_nothing_runs_over_the_side_of_a_phone(opened):
    page, _ = opened()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(14, 17, 23)")])
def test_it_follows_the_light_or_dark_of_the_screen(opened, scheme, ground):
    page, _ = opened(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_an_experiment_is_downloaded_as_report_csv_and_jsonl(page, server):
    with closing(Store(server.folder / "playground.db")) as store:
        experiment = record(store, Plan("导出 1/2", ("问",), Settings("a", "b"), repetitions=2), lambda run: "=好的")
        store.experiments.set_state(experiment.id, ExperimentState.DONE)
    page.goto(f"{server.url}/experiments?id={experiment.id}")
    page.get_by_text("Export", exact=True).click()
    files = {}
    for ending in ("html", "csv", "jsonl"):
        settled(page)
        with page.expect_download() as download:
            page.locator(f".st-key-export_{ending} button").click()
        assert download.value.suggested_filename == f"experiment-导出-1-2.{ending}"
        files[ending] = Path(download.value.path()).read_text("utf-8")
    assert "<title>导出 1/2</title>" in files["html"]
    assert [row["text"] for row in csv.DictReader(files["csv"].splitlines())] == ["'=好的"] * 2
    assert [json.loads(line)["text"] for line in files["jsonl"].splitlines()] == ["=好的"] * 2
