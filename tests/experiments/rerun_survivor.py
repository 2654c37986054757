"""A playground without pages that reruns a conversation until it is killed; a process of its own."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

from storage.experiments.rerun_records import Way
from storage.store import Store
from tests.playground import Playground


def main(folder, base_url, conversation_id, way):
    playground = Playground(Store(folder / "playground.db"), SimpleNamespace(base_url=base_url), folder)
    rerun_id = playground.reruns.start(conversation_id, Way(way), playground.settings("gpt-4o-mini"))
    while playground.reruns.find(rerun_id):
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
