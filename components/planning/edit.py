"""What the fields of the form say: what becomes of what stands there by then, for more may have been typed since
they were drawn."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Items = tuple[T, ...]
Edit = Callable[[str, Callable[[Any], Any]], None]  # a field of the draft, and what becomes of it
EditItems = Callable[[Callable[[Items[T]], Items[T]]], None]


def added(item: T) -> Callable[[Items[T]], Items[T]]:
    """Items with one more."""
    return lambda items: (*items, item)


def removed(number: int) -> Callable[[Items[T]], Items[T]]:
    """Items without the one at that place."""
    return lambda items: (*items[:number], *items[number + 1 :])


def changed(number: int, change: Callable[[T], T]) -> Callable[[Items[T]], Items[T]]:
    """Items with another one at that place, if there still is one."""
    return lambda items: tuple(change(item) if at == number else item for at, item in enumerate(items))
