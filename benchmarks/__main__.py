"""Measures the playground in this folder: `python -m benchmarks --only turn,open --runs 3`."""

import argparse
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import version

from playwright.sync_api import Error

from benchmarks.bench import Bench, Unavailable, opened_bench
from benchmarks.processes import load, machine
from benchmarks.progress import Progress
from benchmarks.report import Sample, table
from benchmarks.scenarios import SCENARIOS, Scenario, chosen

RUNS = 5
TURNS = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names, and print the table."""
    options = _options(arguments)
    try:
        scenarios = chosen(options.only)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    before = load()
    with opened_bench(options.turns) as bench:
        print(f"{machine()}, Streamlit {version('streamlit')}, Chromium {bench.browser.version}\n")
        measured, notes = _measure(bench, scenarios, options.runs)
    print(table(measured))
    print(f"\nLoad average {before} before, {load()} after.", *notes, sep="\n")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = ", ".join(scenario.name for scenario in SCENARIOS)
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure how fast the playground is here.")
    parser.add_argument("--only", default="", help=f"scenarios, separated by commas: {names} (default: all)")
    parser.add_argument("--runs", type=_positive, default=RUNS, help="of each, at most (default: %(default)s)")
    parser.add_argument("--turns", type=_positive, default=TURNS, help="of the scenario memory (default: %(default)s)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return int(text)


def _measure(bench: Bench, scenarios: Sequence[Scenario], runs: int) -> tuple[dict[str, list[Sample]], list[str]]:
    """The samples of each scenario, and a sentence for each that could not be measured."""
    progress = Progress(scenarios, runs)
    measured: dict[str, list[Sample]] = {scenario.name: [] for scenario in scenarios}
    notes = []
    for scenario in scenarios:
        try:
            _run(bench, scenario, runs, progress, measured[scenario.name])
        except (Unavailable, Error, RuntimeError) as error:
            notes.append(f"{scenario.name} was not measured to its end: {str(error).splitlines()[0]}")
    return measured, notes


def _run(bench: Bench, scenario: Scenario, runs: int, progress: Progress, into: list[Sample]) -> None:
    samples = scenario.samples(bench)
    with closing(samples):
        for run in range(1, scenario.runs(runs) + 1):
            progress.begin(scenario, run)
            into.append(next(samples))


if __name__ == "__main__":
    main()
