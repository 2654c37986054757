"""What `make bench` is asked and what it prints."""

import pytest

from benchmarks.__main__ import main
from benchmarks.progress import Progress
from benchmarks.report import Figure, percentile, table
from benchmarks.scenarios import SCENARIOS, chosen

SENT, CPU, MEMORY = Figure("send to request 发送", "ms", 25), Figure("browser CPU", "s"), Figure("memory", "MB")


def test_the_table_has_a_line_for_each_figure_of_each_scenario():
    runs = [{SENT: 21.4, CPU: 0.713}, {SENT: 30.6, CPU: 0.713}, {SENT: 18.2, CPU: 0.713}]
    assert table({"turn": runs, "memory": [{MEMORY: 1203.94}], "open": []}).splitlines()[2:] == [
        "| turn | send to request 发送 | 21 | 18 to 31 | ms | 25 | 3 |",
        "| turn | browser CPU | 0.71 | - | s | - | 3 |",
        "| memory | memory | 1,203.9 | - | MB | - | 1 |",
    ]


def test_the_95th_of_a_hundred_values_is_exceeded_by_five():
    assert percentile(range(100, 0, -1), 95) == 95
    assert percentile([7], 95) == 7


def test_all_scenarios_are_measured_unless_some_are_named():
    assert chosen("") == list(SCENARIOS)
    assert [scenario.name for scenario in chosen("open, cold")] == ["cold", "open"]


def test_a_name_that_is_none_is_refused_in_a_sentence():
    with pytest.raises(SystemExit, match=r"^There is no scenario 打开; there are cold, turn, .*, local\.$"):
        main(["--only", "turn,打开"])


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_fewer_runs_than_one_are_refused(number, capsys):
    with pytest.raises(SystemExit):
        main(["--runs", number])
    assert f"{number} is not a number above 0" in capsys.readouterr().err


def test_the_time_that_is_left_falls_with_each_run(capsys):
    scenarios = chosen("cold,memory")
    progress = Progress(scenarios, 2)
    for scenario, run in ((scenarios[0], 1), (scenarios[0], 2), (scenarios[1], 1)):
        progress.begin(scenario, run)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" about ")[0].strip() for line in lines] == ["cold 1/2", "cold 2/2", "memory 1/1"]
    assert all(line.endswith(" left") for line in lines)
