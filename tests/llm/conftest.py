"""A playground without pages, and a server that it asks."""

import pytest

from tests.playground import Playground


@pytest.fixture
def playground(store, upstream, tmp_path, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID"):
        monkeypatch.delenv(name, raising=False)
    playground = Playground(store, upstream, tmp_path)
    yield playground
    playground.close()
