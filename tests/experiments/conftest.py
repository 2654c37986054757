"""A playground without pages, and a server that it asks."""

from tests.llm.conftest import playground

__all__ = ["playground"]
