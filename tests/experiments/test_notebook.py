"""All that the pages do, from a notebook: the parts joined by hand, as services.py joins them."""

import json
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains
from experiments.comparing.comparison import Setup
from experiments.comparing.comparisons import Comparisons
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.reading.reader import Reader
from experiments.reading.statistics.effects import effects
from experiments.reading.words.verdicts import verdict
from experiments.report.exported import exported
from experiments.report.lines import csv_lines, jsonl_lines
from experiments.report.page import report_html
from experiments.running.executions import Executions
from llm.replies.ledger import Ledger
from llm.runner import Runner
from llm.servers.connections import Environment
from llm.servers.directory import Directory
from llm.servers.local_model import LocalModel
from llm.turns import Turns
from llm.types import Budget, Parameters, Settings
from storage.store import Store
from tests.playground import wait_until
from tests.upstream import Answer


@dataclass(frozen=True)
class Notebook:
    """What the cells of a notebook would make once, at its top."""

    store: Store
    executions: Executions
    comparisons: Comparisons
    settings: Settings


@pytest.fixture
def notebook(tmp_path, upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", upstream.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    with ExitStack() as opened:
        store = opened.enter_context(closing(Store(tmp_path / "playground.db")))
        runner = opened.enter_context(closing(Runner()))
        environment, no_model = Environment(tmp_path / ".env"), LocalModel(None)
        directory = opened.enter_context(closing(Directory(environment, no_model, runner)))
        ledger = Ledger(store.replies, Budget)
        turns = opened.enter_context(closing(Turns(store.replies, store.messages, directory, runner, ledger)))
        executions = opened.enter_context(closing(Executions(store.experiments, store.runs, turns, runner)))
        comparisons = Comparisons(store.comparisons, store.messages, turns)
        yield Notebook(store, executions, comparisons, Settings(directory.get("").name, "house-model"))


def test_a_notebook_plans_runs_judges_tests_and_exports_an_experiment(notebook, upstream, tmp_path):
    plan = Plan(
        "首都",
        ("What is the capital of France?",),
        notebook.settings,
        factors=(Factor("temperature", (0.0, 1.0)),),
        repetitions=6,
        checks=(Contains("Paris"),),
        judge=Judge(notebook.settings, "Is it right?"),
        concurrency=1,
    )
    right, wrong = Answer(chunks=("Paris.",)), Answer(chunks=("里昂。",))
    good, bad = Answer(chunks=("It is.\nScore: 5",)), Answer(chunks=("It is not.\nScore: 1",))
    upstream.script = [right, good, wrong, bad] * plan.repetitions  # at 0, and at 1

    # Run it.
    id_ = notebook.store.experiments.create(plan.title, to_json(plan))
    notebook.executions.start(id_).done.result(30)

    # Read what its checks and its judge say.
    reader, experiment = Reader(notebook.store.runs), notebook.store.experiments.get(id_)
    results = reader.read(experiment)
    said = {row.cell.levels["temperature"]: (row.text, row.checks[0].why, row.judgement.score) for row in results.rows}
    assert said == {
        0.0: ("Paris.", "Contains “Paris”.", 5),
        1.0: ("里昂。", "Does not contain “Paris”.", 1),
    }

    # Ask whether the temperature matters.
    verdicts = [verdict(effect) for effect in effects(results.observations, results.factors, results.metrics)]
    assert any(
        sentence.startswith("Temperature changes check pass rate: 100% at 0 to 0% at 1") for sentence in verdicts
    )

    # Take it along.
    whole = exported(experiment, reader, notebook.store.runs)
    (tmp_path / "runs.csv").write_text("".join(csv_lines(whole)), "utf-8")
    (tmp_path / "runs.jsonl").write_text("".join(jsonl_lines(whole)), "utf-8")
    (tmp_path / "report.html").write_text(report_html(whole), "utf-8")
    lines = (tmp_path / "runs.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["judge"]["score"] for line in lines] == [5, 1] * plan.repetitions
    assert "Temperature changes check pass rate" in (tmp_path / "report.html").read_text("utf-8")


def test_a_notebook_compares_two_temperatures(notebook, upstream):
    cold, hot = (
        Settings(notebook.settings.connection, notebook.settings.model, Parameters(temperature=t)) for t in (0.0, 1.5)
    )
    id_ = notebook.comparisons.begin(Setup((cold, hot)), "你好")
    wait_until(lambda: not notebook.comparisons.live(id_))

    compared = notebook.store.comparisons.get(id_)
    replies = [notebook.store.messages.path(own[0])[-1] for own in compared.conversations]
    assert [reply.text for reply in replies] == ["Hello from upstream."] * 2
    assert [reply.reply.settings for reply in replies] == [cold, hot]
    assert sorted(request["temperature"] for request in upstream.requests) == [0.0, 1.5]
