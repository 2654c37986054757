"""What is known of a model before anything is sent to it."""

from dataclasses import dataclass
from datetime import datetime

from llm.models import prices
from llm.models.capabilities import Capabilities, capabilities
from llm.servers.connections import Connection
from llm.types import UnitPrices


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model of a connection, what it can do and what it costs."""

    name: str
    capabilities: Capabilities
    prices: UnitPrices | None
    free: bool


def model_facts(model: str, connection: Connection, at: datetime) -> ModelFacts:
    """What is known of a model behind a connection, with its prices at a moment."""
    able = capabilities(model, connection.base_url, connection.built_in)
    known = None if connection.built_in else prices.unit_prices(model, connection.base_url, at)
    return ModelFacts(model, able, known, connection.built_in)
