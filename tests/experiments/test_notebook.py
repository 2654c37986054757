"""An experiment from a notebook: the parts joined by hand, as services.py joins them for the pages."""

from experiments.cells import cells
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.running.executions import Executions
from llm.replies.ledger import Ledger
from llm.runner import Runner
from llm.servers.connections import Environment
from llm.servers.directory import Directory
from llm.servers.local_model import LocalModel
from llm.turns import Turns
from llm.types import Budget, Settings
from storage.records import RunId
from storage.store import Store


def test_a_notebook_plans_runs_and_reads_an_experiment(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    store, runner = Store(tmp_path / "playground.db"), Runner()
    directory = Directory(Environment(tmp_path / ".env"), LocalModel(None), runner)
    turns = Turns(store.replies, store.messages, directory, runner, Ledger(store.replies, Budget))
    executions = Executions(store.experiments, store.runs, turns, runner)

    settings = Settings(directory.get("").name, "house-model")
    plan = Plan("温度", ("你好",), settings, (Factor("temperature", (0.0, 1.0)),), repetitions=2)
    experiment = store.experiments.create(plan.title, to_json(plan))
    executions.start(experiment).done.result(30)
    texts = store.runs.texts(experiment)
    replies = {cell.levels["temperature"]: [texts[RunId(cell.id, n)] for n in range(2)] for cell in cells(plan)}

    assert replies == {0.0: ["Hello from upstream."] * 2, 1.0: ["Hello from upstream."] * 2}
    executions.close()
    turns.close()
    directory.close()
    runner.close()
    store.close()
