"""What new replies took more than the original ones, or less, in words."""

from decimal import Decimal

from components.figures import caption
from experiments.rerunning.turn_by_turn import Change
from llm.money import about, money
from llm.words import duration_text

LESS, MORE = "\N{MINUS SIGN}", "+"


def change_line(change: Change) -> str:
    """A change on one line: −12 output tokens · +$0.0010 · −0.5 s; what is not known is left out."""
    guess = about(change.estimated)
    parts = (
        tokens_change(change.input_tokens, "input tokens", guess),
        tokens_change(change.output_tokens, "output tokens", guess),
        cost_change(change.cost, guess),
        seconds_change(change.seconds),
    )
    return caption(parts)


def tokens_change(tokens: int | None, unit: str, guess: str = "") -> str:
    return "" if tokens is None else f"{guess}{_sign(tokens)}{abs(tokens):,} {unit}"


def cost_change(cost: Decimal | None, guess: str = "") -> str:
    return "" if cost is None else f"{guess}{_sign(cost)}{money(abs(cost))}"


def seconds_change(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{_sign(round(seconds, 1))}{duration_text(abs(seconds))}"  # to the tenth, as it is said


def _sign(value: float | Decimal) -> str:
    return "±" if not value else MORE if value > 0 else LESS
