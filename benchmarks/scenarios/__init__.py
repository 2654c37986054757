"""What is measured: each scenario is a file here, whose `samples` yields what one run has measured, for ever."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.report import Samples
from benchmarks.scenarios import (
    burst,
    cold,
    compare,
    experiment,
    local,
    markdown,
    meanwhile,
    memory,
    opening,
    pages,
    search,
    tree,
    turn,
)


@dataclass(frozen=True)
class Scenario:
    """What the command line calls it, how to measure it, and about how many seconds that takes on two cores."""

    name: str
    samples: Callable[[Bench], Samples]
    setup: float  # seconds before the first run
    seconds: float  # of a run
    most_runs: int | None = None  # of one that takes long

    def runs(self, wanted: int) -> int:
        return min(wanted, self.most_runs or wanted)

    def takes(self, wanted: int) -> float:
        """Seconds for so many runs, about."""
        return self.setup + self.runs(wanted) * self.seconds


SCENARIOS = (
    Scenario("cold", cold.samples, 0, 9),
    Scenario("turn", turn.samples, 5, 6),
    Scenario("burst", burst.samples, 5, 3),
    Scenario("markdown", markdown.samples, 5, 40, most_runs=1),
    Scenario("open", opening.samples, 15, 18, most_runs=3),
    Scenario("tree", tree.samples, 40, 12, most_runs=3),
    Scenario("search", search.samples, 20, 25, most_runs=3),
    Scenario("pages", pages.samples, 30, 8, most_runs=3),
    Scenario("memory", memory.samples, 5, 40, most_runs=1),
    Scenario("meanwhile", meanwhile.samples, 5, 9, most_runs=3),
    Scenario("compare", compare.samples, 5, 25, most_runs=3),
    Scenario("experiment", experiment.samples, 60, 25, most_runs=3),
    Scenario("local", local.samples, 0, 16, most_runs=2),
)


def chosen(names: str) -> list[Scenario]:
    """The scenarios with these names, separated by commas, in their order; all if there are none.

    ValueError, with a sentence, if there is no such scenario.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = [scenario.name for scenario in SCENARIOS]
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"There is no scenario {unknown[0]}; there are {', '.join(known)}.")
    return [scenario for scenario in SCENARIOS if not wanted or scenario.name in wanted]
