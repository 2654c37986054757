"""What requests cost, by genai-prices: offline, in decimals, at the prices of the request's own time."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from llm.models.catalogue import bare_name, own_name
from llm.models.rules import maker
from llm.servers.connections import Connection
from llm.types import Cost, Provenance, UnitPrices, Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

FREE = Cost(Decimal(0), Provenance.FREE)
UNPRICED = Cost(None, Provenance.UNPRICED)


def price(usage: Usage, model: str, base_url: str, at: datetime, provenance: Provenance) -> Cost:
    """The cost in US dollars of a request made at `at` (UTC if naive), with the unit prices that made it.

    At an address that genai-prices knows, its provider's price holds. Anywhere else only models that nobody but
    their maker serves have a price, their maker's: whatever anyone may run at home is UNPRICED, as is the unknown.
    Cached tokens count as input at their own price, reasoning tokens as output; more cached than input is cut.
    Never raises.
    """
    from genai_prices import Usage as PricedUsage

    found = _find(model, base_url)
    if not found:
        return UNPRICED
    source, provider, info = found
    counts = PricedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=min(usage.cached_tokens, usage.input_tokens),
        output_reasoning_tokens=min(usage.reasoning_tokens, usage.output_tokens),
    )
    try:
        charged = info.calc_price(counts, provider, genai_request_timestamp=at)
    except (LookupError, ValueError):
        return UNPRICED
    prices = _unit_prices(charged.model_price, usage.input_tokens, at, source)
    return Cost(charged.total_price, provenance, prices) if prices else UNPRICED


def cost(usage: Usage, model: str, connection: Connection, at: datetime, provenance: Provenance) -> Cost:
    """The cost of a request through a connection; the built-in model is free."""
    return FREE if connection.built_in else price(usage, model, connection.base_url, at, provenance)


def is_priced(model: str, connection: Connection) -> bool:
    """Whether a request would cost money, as far as that is known."""
    now = datetime.now().astimezone()
    return not connection.built_in and unit_prices(model, connection.base_url, now) is not None


def unit_prices(model: str, base_url: str, at: datetime) -> UnitPrices | None:
    """The prices of a request that has not been made yet, in its lowest tier; None if they are not known."""
    found = _find(model, base_url)
    if not found:
        return None
    source, _, info = found
    return _unit_prices(info.get_prices(at), 0, at, source)


def _find(model: str, base_url: str) -> "tuple[str, Provider, ModelInfo] | None":
    """Whose price holds: a line that names the source, the provider and its model."""
    from genai_prices.data_snapshot import get_snapshot

    name = model
    provider, whose = _provider(None, base_url.lower()), "{}"
    if not provider and (owner := maker(bare_name(model))):
        name = own_name(model)
        provider, whose = _provider(owner, None), "{}'s list price"
    if not provider:
        return None
    try:
        _, info = get_snapshot().find_provider_model(name, provider, None, None)
    except LookupError:
        return None
    return f"{whose.format(provider.name)} via {_library()}", provider, info


def _provider(provider_id: str | None, base_url: str | None) -> "Provider | None":
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider(None, provider_id, base_url)
    except LookupError:
        return None


def _unit_prices(prices: "ModelPrice", input_tokens: int, at: datetime, source: str) -> UnitPrices | None:
    rates = (prices.input_mtok, prices.cache_read_mtok, prices.output_mtok)
    if rates[0] is None and rates[2] is None:
        return None
    day = at.astimezone(UTC) if at.tzinfo else at
    return UnitPrices(*(_rate(rate, input_tokens) for rate in rates), day.date().isoformat(), source)


def _rate(rate: object, input_tokens: int) -> Decimal | None:
    """The price that holds for a request of this size: a tier's applies to all of it once its start is passed."""
    if rate is None or isinstance(rate, Decimal):
        return rate
    passed = [tier.price for tier in rate.tiers if input_tokens > tier.start]
    return passed[-1] if passed else rate.base


@cache
def _library() -> str:
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"


def warm() -> None:
    """Load the price list, so that the first price is quick; meant for a background thread."""
    price(Usage(1, 1), "gpt-4o-mini", "https://api.openai.com/v1", datetime.now(UTC), Provenance.ESTIMATED)
