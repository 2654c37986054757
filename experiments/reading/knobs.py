"""Whether each knob matters, worked out beside whoever looks: it takes seconds for thousands of replies."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from weakref import WeakKeyDictionary

from experiments.reading.results import Results
from experiments.reading.statistics.effects import Effect, effects


class Knobs:
    """The effects of results, each worked out once and remembered as long as the results are; for any thread."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "knobs")
        self._known: WeakKeyDictionary[Results, Future[Sequence[Effect]]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def effects(self, results: Results) -> Future[Sequence[Effect]]:
        """What each factor does to each metric, one after the other; begun at the first call for these results."""
        with self._lock:
            if results not in self._known:
                found = self._pool.submit(effects, results.observations, results.factors, results.metrics)
                self._known[results] = found
            return self._known[results]

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
