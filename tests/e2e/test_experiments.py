"""Experiments in the browser: planned, started, watched, paused, resumed, cancelled, and offered again after a kill."""

import signal
from collections import Counter
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from llm.servers.directory import ASKING
from llm.types import Status
from storage.store import Store
from tests.e2e.conftest import Server, settled
from tests.playground import wait_until
from tests.upstream import Answer

MANY = 100


@pytest.fixture
def plan(page: Page, server, upstream) -> Page:
    return open_plan(page, server)


def open_plan(page: Page, server: Server, model: str = "house-model") -> Page:
    """A new plan that asks one model of the upstream."""
    page.goto(f"{server.url}/experiments")
    choose(page, server, model)
    return page


def choose(page: Page, server: Server, model: str) -> None:
    box = page.locator(".st-key-plan_models input")
    expect(box).to_be_visible()
    settled(page)
    expect(page.get_by_text(ASKING)).to_have_count(0)  # a list that arrives undoes what is being typed
    settled(page)
    chosen = page.locator(".st-key-plan_models [data-tag], .st-key-plan_models [data-baseweb=tag]")
    expect(chosen).to_have_count(1)  # which a server that has just begun has to be asked for
    settled(page)
    box.press("Backspace")
    expect(chosen).to_have_count(0)
    settled(page)
    box.fill(model)
    page.get_by_role("option", name=f"{model} @ ").first.click()
    settled(page)
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(1)


def type_into(page: Page, key: str, text: str) -> None:
    """Type into a field, and leave it."""
    box = page.locator(f".st-key-{key} input, .st-key-{key} textarea").first
    box.fill(text)
    box.press("Tab")
    settled(page)


def only_prompt(page: Page, text: str) -> None:
    """Have one prompt in place of the example's two."""
    press(page, "remove_plan_prompt_1")
    settled(page)
    type_into(page, "plan_prompt_0", text)


def upload(page: Page, content: bytes) -> None:
    file = {"name": "表.csv", "mimeType": "text/csv", "buffer": content}
    page.locator(".st-key-plan_table_file input[type=file]").set_input_files(files=[file])
    settled(page)


def unfold(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} summary").click()
    settled(page)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()  # one with help is there twice


def counts(page: Page):
    return page.locator(".st-key-before_start")


def progress(page: Page):
    return page.locator(".st-key-progress")


def asked(upstream) -> Counter:
    return Counter(request["messages"][-1]["content"] for request in upstream.requests)


def test_an_experiment_is_planned_counted_started_and_ends(plan, upstream):
    only_prompt(plan, "{{国家}}的首都是哪里？")
    type_into(plan, "plan_table", "国家\n法国\n日本")
    type_into(plan, "plan_temperature", "0, 0.5")
    type_into(plan, "plan_repetitions", "2")
    expect(counts(plan)).to_contain_text("4 cells × 2 = 8 runs; 8 will be sent")
    expect(counts(plan)).to_contain_text("No price is known of house-model")
    press(plan, "start")
    expect(progress(plan)).to_contain_text("8 of 8 runs done")
    sent = Counter((r["messages"][-1]["content"], r["temperature"], r["max_tokens"]) for r in upstream.requests)
    assert sent == {(f"{name}的首都是哪里？", heat, 48): 2 for name in ("法国", "日本") for heat in (0, 0.5)}
    press(plan, "plan_another")
    expect(counts(plan)).to_contain_text("4 cells × 2 = 8 runs; 8 recorded already; 0 will be sent")
    type_into(plan, "plan_repetitions", "3")
    expect(counts(plan)).to_contain_text("4 cells × 3 = 12 runs; 8 recorded already; 4 will be sent")
    expect(plan.get_by_role("button", name="Start: send 4 requests")).to_be_visible()


def test_a_reload_a_pause_and_a_cancel_lose_nothing(plan, upstream):
    upstream.answer = Answer(hold_after=0)
    only_prompt(plan, "慢慢来")
    type_into(plan, "plan_temperature", "0, 1")
    press(plan, "start")
    expect(progress(plan)).to_contain_text("4 running · 2 left")
    plan.reload()
    expect(progress(plan)).to_contain_text("4 running · 2 left")
    press(plan, "pause")
    expect(plan.get_by_text("Pausing: what is under way comes to its end")).to_be_visible()
    upstream.release()
    expect(plan.get_by_role("button", name="Resume: 2 runs left")).to_be_visible()
    expect(progress(plan)).to_contain_text("4 of 6 runs done · 0 failed · 2 left")
    upstream.hold()
    press(plan, "resume")
    expect(progress(plan)).to_contain_text("2 running · 0 left")
    press(plan, "cancel")
    expect(plan.locator(".st-key-experiment_head")).to_contain_text("Cancelled")
    upstream.release()
    press(plan, "resume")
    expect(progress(plan)).to_contain_text("6 of 6 runs done")
    assert len(upstream.requests) == 8, "what was cancelled under way was sent again, and nothing else"


def test_what_is_read_follows_the_runs_but_for_one_that_is_being_read(plan, upstream):
    upstream.script = [Answer(chunks=("大海 one",)), Answer(chunks=("大海 two",))]
    upstream.answer = Answer(chunks=("大海 ", "three"), hold_after=1)
    only_prompt(plan, "跟着看")
    type_into(plan, "plan_temperature", "")
    type_into(plan, "plan_repetitions", "8")
    press(plan, "start")
    table = plan.locator(".st-key-reading_table")
    expect(progress(plan)).to_contain_text("2 of 8 runs done")
    expect(plan.get_by_text("Follows the runs, every 5 s.")).to_be_visible()
    expect(table).to_contain_text("6 of 6 runs.")
    plan.get_by_label("Reply contains").type("ONE")
    expect(table).to_contain_text("1 of 6 runs.")
    table.get_by_test_id("stDataFrame").click(position={"x": 15, "y": 50})
    expect(table.locator("p", has_text="大海 one")).to_be_visible()
    expect(plan.get_by_text("As it stood with 6 runs begun.")).to_be_visible()
    upstream.answer = Answer(hold_after=0)
    upstream.release()
    expect(progress(plan)).to_contain_text("8 of 8 runs done")
    expect(table.locator("p", has_text="大海 one")).to_be_visible()
    expect(table).to_contain_text("1 of 8 runs.")
    expect(plan.get_by_text("Follows the runs")).to_have_count(0)


def test_failed_runs_say_why_and_are_retried_alone(plan, upstream):
    refusal = Answer(status=400, body=b'{"error": {"message": "nein ![x](http://evil.example/x.png)"}}')
    upstream.script = [refusal, refusal]
    only_prompt(plan, "试试")
    type_into(plan, "plan_temperature", "")
    press(plan, "start")
    expect(progress(plan)).to_contain_text("1 of 3 runs done · 2 failed")
    expect(plan.get_by_text("Why 2 runs failed:")).to_be_visible()
    expect(plan.get_by_text("nein ![x](http://evil.example/x.png)")).to_be_visible()
    press(plan, "retry_failed")
    expect(progress(plan)).to_contain_text("3 of 3 runs done · 0 failed")
    assert len(upstream.requests) == 5


def test_a_bad_plan_says_what_is_wrong_at_the_field_and_loses_nothing(plan, upstream):
    only_prompt(plan, "{{城市}}好吗？")
    expect(plan.locator(".st-key-fault_table")).to_contain_text("give a table with a column of that name")
    type_into(plan, "plan_table", "国家\n法国")
    expect(plan.locator(".st-key-fault_table")).to_contain_text("the table has no such column")
    expect(counts(plan)).to_contain_text("Not ready yet: see Table.")
    expect(plan.locator(".st-key-start button")).to_be_disabled()
    upload(plan, "城市\n巴黎".encode("gb18030"))
    expect(plan.locator(".st-key-fault_upload")).to_contain_text("The table is not UTF-8 text")
    upload(plan, "城市\n巴黎".encode())
    expect(plan.locator(".st-key-plan_table textarea")).to_have_value("城市\n巴黎")
    expect(counts(plan)).to_contain_text("5 cells × 3 = 15 runs; 15 will be sent")
    type_into(plan, "plan_temperature", ",")
    expect(plan.locator(".st-key-fault_temperature")).to_contain_text("Type at least one value")
    type_into(plan, "plan_temperature", "0:1:0")
    expect(plan.locator(".st-key-fault_temperature")).to_contain_text("A step of 0")
    type_into(plan, "plan_temperature", "0:1:0.01")
    type_into(plan, "plan_max_tokens", "1:200:1")
    unfold(plan, "plan_more")
    type_into(plan, "plan_seed", "1:200:1")
    type_into(plan, "plan_top_p", "0:1:0.5")
    expect(plan.locator(".st-key-fault_factors")).to_contain_text("12,120,000 cells, more than 10,000")
    type_into(plan, "plan_seed", "")
    type_into(plan, "plan_top_p", "")
    type_into(plan, "plan_max_tokens", "")
    unfold(plan, "plan_checks")
    press(plan, "add_check")
    plan.locator(
        ".st-key-plan_checks_0_kind [role=combobox], .st-key-plan_checks_0_kind [data-baseweb=select]"
    ).first.click()
    plan.get_by_role("option", name="fits a JSON schema").click()
    settled(plan)
    type_into(plan, "plan_checks_0_schema", '{"type": 7}')
    expect(plan.locator(".st-key-fault_checks-0-schema")).to_contain_text("The schema is wrong")
    plan.get_by_role("link", name="Models").click()
    settled(plan)
    plan.get_by_role("link", name="Experiments").click()
    expect(plan.locator(".st-key-plan_prompt_0 textarea")).to_have_value("{{城市}}好吗？")
    expect(plan.locator(".st-key-plan_checks_0_schema textarea")).to_have_value('{"type": 7}')
    assert upstream.requests == []


def test_a_key_is_in_no_stored_plan(plan, upstream):
    only_prompt(plan, "Is sk-test-0123456789 a good key?")
    press(plan, "start")
    expect(plan.get_by_text("Your API key stands in the plan.")).to_be_visible()
    expect(plan.locator(".st-key-plan_prompt_0 textarea")).to_have_value("Is sk-test-0123456789 a good key?")
    assert upstream.requests == []


def test_an_experiment_is_renamed_and_a_deleted_one_can_be_had_back(plan):
    only_prompt(plan, "![图](http://evil.example/x.png) 删掉")
    press(plan, "start")
    expect(progress(plan)).to_contain_text("15 of 15 runs done")
    press(plan, "experiment_menu")
    plan.get_by_text("Rename", exact=True).click()
    plan.get_by_role("dialog").get_by_label("Title").fill("改名 *了*")
    plan.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(plan.get_by_role("heading", name="改名 *了*")).to_be_visible()
    press(plan, "experiment_menu")
    plan.get_by_text("Delete", exact=True).click()
    expect(plan.get_by_role("heading", name="Experiments")).to_be_visible()
    plan.get_by_role("button", name="Undo").click()
    expect(plan.get_by_role("heading", name="改名 *了*")).to_be_visible()
    expect(progress(plan)).to_contain_text("15 of 15 runs done")


def test_an_experiment_whose_plan_cannot_be_read_says_so_and_can_be_deleted(page, server):
    with closing(Store(server.folder / "playground.db")) as store:
        id_ = store.experiments.create("坏了", "{}")
    page.goto(f"{server.url}/experiments?id={id_}")
    expect(page.get_by_role("heading", name="坏了")).to_be_visible()
    expect(page.get_by_text("This plan cannot be read")).to_be_visible()
    press(page, "experiment_menu")
    page.get_by_text("Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()


@pytest.fixture
def own_server(tmp_path, upstream):
    """A server that a test may kill."""
    server = Server(tmp_path, OPENAI_BASE_URL=upstream.base_url, OPENAI_API_KEY="sk-test-0123456789").start()
    yield server
    server.end()


def test_after_a_kill_each_of_200_runs_was_sent_once_but_for_those_in_flight(page, own_server, upstream):
    upstream.answer = Answer(chunks=("你", "好", "！"), delay=0.03)
    open_plan(page, own_server)
    only_prompt(page, "{{第}}")
    type_into(page, "plan_table", "\n".join(("第", *(f"第{n}问" for n in range(MANY)))))
    type_into(page, "plan_temperature", "")
    type_into(page, "plan_repetitions", "2")
    unfold(page, "plan_limits")
    type_into(page, "plan_concurrency", "20")
    expect(counts(page)).to_contain_text("100 cells × 2 = 200 runs; 200 will be sent")
    press(page, "start")
    wait_until(lambda: len(upstream.requests) >= 90, 60)
    own_server.end(signal.SIGKILL)
    in_flight = streaming(own_server)
    own_server.start()
    page.reload()
    expect(page.get_by_text("This experiment was interrupted")).to_be_visible()
    expect(page.locator(".st-key-experiments")).to_contain_text("Interrupted")
    press(page, "resume")
    expect(progress(page)).to_contain_text("200 of 200 runs done", timeout=60_000)
    found = asked(upstream)
    assert set(found) == {f"第{n}问" for n in range(MANY)}
    assert all(times >= 2 for times in found.values())
    assert 200 <= found.total() <= 200 + in_flight
    assert in_flight <= 20


def streaming(server: Server) -> int:
    """How many runs had begun and not ended when the server was killed."""
    with closing(Store(server.folder / "playground.db")) as store:
        [listed] = store.experiments.recent(9)
        return sum(run.status is Status.STREAMING for run in store.runs.of(listed.id))


def test_a_cap_worth_five_replies_lets_at_most_one_more_be_paid(page, server, upstream):
    upstream.answer = Answer(chunks=("word ",) * 300, usage={"prompt_tokens": 1, "completion_tokens": -7})
    open_plan(page, server, "gpt-4o-mini")
    only_prompt(page, "很贵吗？")
    type_into(page, "plan_temperature", "")
    type_into(page, "plan_max_tokens", "400")
    type_into(page, "plan_repetitions", "40")
    unfold(page, "plan_limits")
    type_into(page, "plan_concurrency", "20")
    type_into(page, "plan_cap", "0.0009")
    press(page, "start")
    expect(page.get_by_text("The cap of $0.0009 is reached: raise it below and resume.")).to_be_visible()
    expect(page.locator(".st-key-experiment_head")).to_contain_text("Paused: cap reached")
    expect(progress(page)).to_contain_text("5 of 40 runs done")
    assert len(upstream.requests) == 5
    type_into(page, "experiment_cap", "0.0018")
    press(page, "resume")
    expect(progress(page)).to_contain_text("10 of 40 runs done")
