"""What OpenAI asked for training, which no list of prices of requests has: copied from its own price list, by hand."""

from decimal import Decimal

from llm.models.catalogue import bare_name

READ = "2025"
# US dollars per million tokens of the examples, each time that all of them are gone through.
_PRICES = {
    "gpt-4.1": Decimal(25),
    "gpt-4.1-mini": Decimal(5),
    "gpt-4.1-nano": Decimal("1.5"),
    "gpt-4o": Decimal(25),
    "gpt-4o-mini": Decimal(3),
}
TRAINABLE = (*_PRICES, "gpt-3.5-turbo")


def training_price(model: str) -> Decimal | None:
    """US dollars per million tokens, as of `READ`; None if it is not known."""
    return _PRICES.get(bare_name(model))
