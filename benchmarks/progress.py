"""What runs now and how long all of it may still take, on the error stream."""

import sys
import time
from collections.abc import Sequence

from benchmarks.scenarios import Scenario


class Progress:
    """A line for each run; the time left is what was expected, corrected by how quick this machine has been."""

    def __init__(self, scenarios: Sequence[Scenario], runs: int) -> None:
        self._scenarios, self._runs = scenarios, runs
        self._started = time.monotonic()

    def begin(self, scenario: Scenario, run: int) -> None:
        """Say that this run, counted from 1, of this scenario begins."""
        place = self._scenarios.index(scenario)
        before = self._seconds(self._scenarios[:place]) + (scenario.takes(run - 1) if run > 1 else 0)
        pace = (time.monotonic() - self._started) / before if before else 1
        minutes, seconds = divmod(round((self._seconds(self._scenarios) - before) * pace), 60)
        name = f"{scenario.name} {run}/{scenario.runs(self._runs)}"
        print(f"{name:<12} about {minutes}:{seconds:02} left", file=sys.stderr, flush=True)

    def _seconds(self, scenarios: Sequence[Scenario]) -> float:
        return sum(scenario.takes(self._runs) for scenario in scenarios)
