"""Real parts for every test: a store in a file, a server on a socket."""

import pytest

from tests.upstream import running_upstream


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
