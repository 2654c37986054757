"""Effects worked out beside whoever looks, once for each state of an experiment."""

from contextlib import closing

from experiments.factors import Factor
from experiments.plan import Plan
from experiments.reading.knobs import Knobs
from experiments.reading.reader import Reader
from experiments.reading.statistics.effects import Finding
from llm.types import Settings
from tests.experiments.recorded import ended, record


def test_the_effects_of_recorded_runs_are_worked_out_once(store):
    factor = Factor("temperature", (0.0, 1.0))
    plan = Plan("温度", ("写诗", "总结"), Settings("home", "gpt-4o"), (factor,), repetitions=6)
    experiment = record(
        store,
        plan,
        lambda run: "好 " * (run.repetition + 1),
        lambda run: ended(tokens=int(10 + 50 * run.cell.levels["temperature"] + run.repetition)),
    )
    results = Reader(store.runs).read(experiment)
    with closing(Knobs()) as knobs:
        found = knobs.effects(results)
        assert knobs.effects(results) is found
        by_metric = {effect.metric.name: effect for effect in found.result(30)}
    assert by_metric["output_tokens"].finding is Finding.CHANGES
    assert by_metric["distinct_1"].finding is not Finding.CHANGES
