"""How far an experiment has got, in words."""

from streamlit.testing.v1 import AppTest


def app(live):
    from decimal import Decimal

    from components.running.progress_bar import progress_bar
    from experiments.running.progress import Progress
    from llm.types import Spent, Usage

    spent = Spent(Usage(1_000, 234), Decimal("0.5"), replies=120)
    judging = Spent(Usage(100, 10), Decimal("0.25"), replies=100)
    progress_bar(Progress(200, 120, 3, 2, 75, 100, 1, 19, spent, judging, 95.0, 2, under_way=3), 20, live)


def said(live):
    at = AppTest.from_function(app, kwargs={"live": live}).run()
    assert not at.exception
    return at.get("progress")[0].proto.text, [caption.value for caption in at.caption]


def test_a_running_experiment_tells_its_counts_money_and_time():
    counts, (money, _) = said(live=True)
    assert counts == (
        "**120 of 200 runs done** · 100 judged · 1 not judged · 3 failed · 2 running · 75 left · ≈2 min left"
    )
    assert money == "Spent \\$0.50 · on judging \\$0.25 · 1,234 tokens · 3 requests under way"


def test_a_server_that_asked_to_slow_down_is_told_of():
    _, (_, slower) = said(live=True)
    assert "asked to slow down: 2 at once now, of 20" in slower


def test_what_does_not_run_has_nothing_under_way():
    counts, captions = said(live=False)
    assert "running" not in counts
    assert len(captions) == 1
