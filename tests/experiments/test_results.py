"""Recorded runs read as results: measured once, joined with what checks and judge say, in the plan's order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from experiments.cells import cells, runs
from experiments.checks.judge import Judge
from experiments.checks.text_checks import Contains
from experiments.factors import Factor
from experiments.plan import Plan
from experiments.plan_json import to_json
from experiments.reading.reader import Reader
from experiments.reading.words.reply_figures import judge_words
from llm.types import Failure, Settings, Status
from storage.experiments.records import RunId
from tests.experiments.recorded import ended, record, record_run

SETTINGS = Settings("home", "gpt-4o")
PLAN = Plan(
    "温度",
    ("说{{什么}}", "hello"),
    SETTINGS,
    (Factor("temperature", (1.0, 0.0)), Factor("top_p", (0.5,))),
    table=({"什么": "你好"}, {"什么": "再见"}),
    repetitions=2,
    checks=(Contains("{{什么}}"),),
)
PLAIN = Plan("plain", ("你好",), SETTINGS, (Factor("temperature", (0.0, 1.0)),), repetitions=2)


class WatchedRuns:
    """The store's runs, which texts of them were read, and a gate at which reading one experiment can be held up."""

    def __init__(self, runs):
        self._runs, self.texts_read = runs, []
        self.held, self.is_held, self.go_on = None, Event(), Event()

    def of(self, experiment_id):
        if experiment_id == self.held:
            self.is_held.set()
            assert self.go_on.wait(30)
        return self._runs.of(experiment_id)

    def texts_of(self, reply_ids):
        texts = self._runs.texts_of(reply_ids)
        self.texts_read += texts.values()
        return texts


def test_results_have_the_runs_in_the_plans_order_with_what_its_checks_say(store):
    plan = replace(PLAN, prompts=("说{{什么}}",))
    experiment = record(
        store, plan, lambda run: f"好，{run.cell.row['什么']}" if run.cell.levels["temperature"] else "不"
    )
    results = Reader(store.runs).read(experiment)
    assert [(row.run.id.cell_id, row.run.id.repetition) for row in results.rows] == [
        (run.cell.id, run.repetition) for run in runs(cells(plan), 2)
    ]
    assert results.factors == ("temperature",)
    assert results.levels == {"temperature": (0.0, 1.0)}
    assert results.prompts == ("说你好 [你好]", "说再见 [再见]")
    first = results.rows[0]
    assert (first.text, first.cell.row["什么"]) == ("好，你好", "你好")
    assert [check.why for check in first.checks] == ["Contains “你好”."]
    assert [row.metrics["check_pass_rate"] for row in results.rows] == [1, 0] * 4
    assert "similarity" in {metric.name for metric in results.metrics}
    assert "judge_score" not in {metric.name for metric in results.metrics}


def test_what_has_not_begun_is_no_row_and_what_failed_has_a_cost_alone(store):
    failed = ended(Status.FAILED, failure=Failure("server", "The server broke off.", ""))
    experiment = record(
        store,
        PLAIN,
        lambda run: None if run.repetition else "一半",
        lambda run: failed if run.cell.levels["temperature"] else ended(),
    )
    whole, broken = Reader(store.runs).read(experiment).rows
    assert (whole.run.status, broken.run.status, broken.text) == (Status.COMPLETE, Status.FAILED, "一半")
    assert {name for name, value in broken.metrics.items() if value is not None} == {"cost"}
    assert broken.checks == ()


def test_the_similarity_of_a_cell_stands_in_its_first_complete_row_alone(store):
    texts = {0: "今天很好", 1: "今天不好"}
    experiment = record(store, PLAIN, lambda run: texts[run.repetition])
    rows = Reader(store.runs).read(experiment).rows
    assert [row.metrics["similarity"] for row in rows] == [0.75, 0.75, None, None]


def test_the_tokens_are_counted_as_the_model_that_wrote_them_does(store):
    experiment = record(store, PLAIN, lambda run: "今天今天")
    assert Reader(store.runs).read(experiment).rows[0].metrics["distinct_1"] == 0.5


def test_the_judges_score_and_reason_stand_with_the_run_that_they_are_of(store):
    plan = replace(PLAIN, judge=Judge(SETTINGS, "有礼貌吗？"), repetitions=1)
    experiment = record(store, plan, lambda run: "你好")
    [cold, warm] = runs(cells(plan), 1)
    record_run(store, experiment.id, cold, "很有礼貌。\nScore: 5", judges=True)
    record_run(store, experiment.id, warm, "不知道", judges=True)
    results = Reader(store.runs).read(experiment)
    rows = results.rows
    assert (rows[0].judgement.score, rows[0].judgement.why, rows[0].metrics["judge_score"]) == (5, "很有礼貌。", 5)
    assert (rows[1].judgement.score, rows[1].metrics["judge_score"]) == (None, None)
    assert judge_words(rows[1]) == "no score could be read in its answer: 不知道"
    assert results.unread == 1


def test_a_second_reading_of_what_has_not_changed_gives_the_same_results_and_reads_no_text(store):
    experiment, watched = record(store, PLAIN, lambda run: "你好"), WatchedRuns(store.runs)
    reader = Reader(watched)
    assert reader.read(experiment) is reader.read(experiment)
    assert watched.texts_read == ["你好"] * 4


def test_a_reading_while_it_runs_reads_and_measures_only_what_is_new(store):
    plan = replace(PLAIN, checks=(Contains("好"),))
    experiment = record(store, plan, lambda run: None if run.repetition else "你好")
    watched = WatchedRuns(store.runs)
    reader = Reader(watched)
    before = reader.read(experiment)
    record_run(store, experiment.id, list(runs(cells(plan), 2))[2], "再见")
    after = reader.read(experiment)
    assert [row.text for row in after.rows] == ["你好", "你好", "再见"]
    assert all(new.checks is old.checks for new, old in zip(after.rows, before.rows, strict=False))
    assert watched.texts_read == ["你好", "你好", "再见"]


def test_nobody_waits_for_the_reading_of_another_experiment(store):
    large, small = (record(store, PLAIN, lambda run: "你好") for _ in range(2))
    watched = WatchedRuns(store.runs)
    reader, watched.held = Reader(watched), large.id
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(reader.read, large)
        assert watched.is_held.wait(30)
        try:
            assert len(reader.read(small).rows) == 4
            assert not reading.done()
        finally:
            watched.go_on.set()
        assert len(reading.result(30).rows) == 4


def test_what_was_read_long_ago_is_forgotten_where_the_texts_are_many(store):
    experiments = [record(store, PLAIN, lambda run: "很长" * 20_000) for _ in range(3)]
    watched = WatchedRuns(store.runs)
    reader = Reader(watched, most=400_000)  # two of them
    for experiment in experiments:
        reader.read(experiment)
    reader.read(experiments[2])
    reader.read(experiments[1])
    assert len(watched.texts_read) == 3 * 4
    reader.read(experiments[0])
    assert len(watched.texts_read) == 4 * 4


def test_a_reply_that_streams_is_read_as_far_as_it_has_come(store):
    experiment = store.experiments.get(store.experiments.create("试", to_json(PLAIN)))
    [cell, _], reader = cells(PLAIN), Reader(store.runs)
    turn = store.runs.begin(experiment.id, RunId(cell.id, 0), cell.prompt, cell.settings)
    assert reader.read(experiment).rows[0].run.status is Status.STREAMING
    store.replies.finish(turn.reply_id, "你好", "", ended())
    [row] = reader.read(experiment).rows
    assert (row.run.status, row.text, row.metrics["output_tokens"]) == (Status.COMPLETE, "你好", 20)


def test_other_checks_are_made_anew_of_the_same_replies(store):
    experiment, reader = record(store, PLAIN, lambda run: "你好"), Reader(store.runs)
    assert reader.read(experiment).rows[0].checks == ()
    store.experiments.save_plan(experiment.id, to_json(replace(PLAIN, checks=(Contains("再"),))))
    assert not reader.read(store.experiments.get(experiment.id)).rows[0].checks[0].passed


def test_results_without_any_run_are_empty(store):
    experiment = store.experiments.get(store.experiments.create("空", to_json(PLAIN)))
    results = Reader(store.runs).read(experiment)
    assert (results.rows, results.metrics, results.factors) == ((), (), ("temperature",))
