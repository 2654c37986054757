"""A playground without pages that runs an experiment until it is killed; a process of its own, for test_kill.py."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

from storage.store import Store
from tests.playground import Playground


def main(folder, base_url, experiment_id):
    playground = Playground(Store(folder / "playground.db"), SimpleNamespace(base_url=base_url), folder)
    execution = playground.executions.start(experiment_id)
    while execution.live:
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
