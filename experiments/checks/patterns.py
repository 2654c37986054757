"""Regular expressions that end: some need longer than anybody lives for a text of forty characters."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

MOST_SECONDS = 1.0


@lru_cache(maxsize=256)
def compiled(pattern: str) -> "Pattern[str]":
    """The pattern, ready to search. Raises ValueError with the reason if it is malformed."""
    import regex  # re's syntax and more, with a time limit

    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None


def found(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text. Raises TimeoutError after `MOST_SECONDS`."""
    return compiled(pattern).search(text, concurrent=True, timeout=MOST_SECONDS) is not None
