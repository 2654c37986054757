"""The plan that is typed in a tab: what will become of it is said anew when that changes, and only then."""

from dataclasses import replace

import pytest

from components.session import Session
from experiments.cells import cells
from experiments.draft import Draft
from services import close, services
from tabs.experiments.typed_plan import TypedPlan
from tests.playground import wait_until
from tests.storage.samples import run, say

DRAFT = Draft(prompts=("海",), models=("house-model",), typed={"temperature": "0, 1"}, repetitions=2)


@pytest.fixture
def typed(tmp_path, monkeypatch, upstream):
    for name, value in {
        "PLAYGROUND_DATA": str(tmp_path),
        "PLAYGROUND_LOCAL_MODEL": "off",
        "OPENAI_BASE_URL": upstream.base_url,
        "OPENAI_API_KEY": "key",
    }.items():
        monkeypatch.setenv(name, value)
    yield TypedPlan(services(), Session())
    close()


def planned(typed):
    plan, problem = typed.plan(replace(DRAFT, connection=typed.app.directory.get("").name))
    assert problem is None
    return plan


def test_another_experiment_that_runs_has_no_plan_counted_again(typed):
    before = typed.outlook(planned(typed))
    say(typed.app.store, "别的")
    run(typed.app.store, typed.app.store.experiments.create("别的", "{}"), "a")
    assert typed.outlook(planned(typed)) is before


def test_what_is_recorded_since_is_counted(typed):
    plan = planned(typed)
    cell, *_ = cells(plan)
    assert typed.outlook(plan).recorded == 0
    run(typed.app.store, typed.app.store.experiments.create("试", "{}"), cell.id)
    assert typed.outlook(plan).recorded == 1


def test_the_example_asks_the_model_of_the_chat_and_leaves_its_settings_alone(typed):
    wait_until(lambda: not typed.models()[2])  # the server has listed them
    settings = typed.tab.settings
    assert typed.draft().prompts
    assert typed.tab.settings is settings
