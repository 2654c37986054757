"""Real parts for every test: a store in a file, a server on a socket."""

import pytest

from tests.torture import FIGURES, SEED
from tests.upstream import running_upstream


def pytest_collection_modifyitems(items):
    # The browser's driver keeps an event loop running in this thread until the end: asyncio.run would refuse there.
    items.sort(key=lambda item: "e2e" in item.path.parts)


def pytest_terminal_summary(terminalreporter, config):
    if config.option.markexpr == "torture":
        for name, value in {"TORTURE_SEED": SEED, **FIGURES}.items():
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture
def upstream():
    with running_upstream() as server:
        yield server


@pytest.fixture
def store(tmp_path):
    from storage.store import Store

    store = Store(tmp_path / "playground.db")
    yield store
    store.close()
