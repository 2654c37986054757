"""Reading what an experiment has recorded: the runs that are shown."""

import pytest
from streamlit.testing.v1 import AppTest

from experiments.factors import Factor
from experiments.plan import Plan
from experiments.reading.reader import Reader
from llm.types import Settings, Status
from storage.store import Store
from tests.experiments.recorded import ended, record

PLAN = Plan("温度", ("写大海",), Settings("home", "house-model"), (Factor("temperature", (0.0, 1.0)),), repetitions=3)


def app(results):
    from components.reading.table import table

    table(results, "key")


@pytest.fixture
def results(tmp_path):
    """Six runs: the first repetitions are done, the second stopped, the third failed."""
    ends = (Status.COMPLETE, Status.STOPPED, Status.FAILED)
    store = Store(tmp_path / "playground.db")
    experiment = record(store, PLAN, lambda run: "海" * (run.repetition + 1), lambda run: ended(ends[run.repetition]))
    yield Reader(store.runs).read(experiment)
    store.close()


def test_runs_are_filtered_by_how_they_stand(results):
    table = AppTest.from_function(app, args=(results,)).run()
    [statuses] = [choice for choice in table.multiselect if choice.label == "Status"]
    assert statuses.options == ["done", "stopped", "failed"]
    assert table.caption[0].value == "6 of 6 runs. Choose one to read it whole."
    statuses.select("stopped").run()
    assert not table.exception
    assert table.caption[0].value == "2 of 6 runs. Choose one to read it whole."
    assert list(table.dataframe[0].value["Reply"]) == ["海海"] * 2
    table.multiselect[0].select("failed").run()
    assert set(table.dataframe[0].value["Status"]) == {"stopped", "failed"}
