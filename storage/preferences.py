"""Preferences: what holds for every conversation."""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from llm.types import Budget, Preferences, Timeouts
from storage.file.database import DatabaseFile

T = TypeVar("T", Timeouts, Budget)


class StoredPreferences:
    """The preferences, read once: the playground has its folder of data to itself."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._known: Preferences | None = None

    def get(self) -> Preferences:
        """The preferences as they were saved last; what was never saved, or makes no sense, has its default."""
        with self._lock:
            if self._known is None:
                with self._file.read() as connection:
                    values = dict(connection.execute("SELECT name, value FROM preferences").fetchall())
                self._known = Preferences(
                    _part_from(values, "timeout", Timeouts(), _seconds),
                    _part_from(values, "budget", Budget(), _dollars),
                )
            return self._known

    def save(self, preferences: Preferences) -> None:
        """Keeps them, for every conversation from now on."""
        rows = [*_rows("timeout", preferences.timeouts), *_rows("budget", preferences.budget)]
        with self._file.write() as database:
            database.table("preferences").insert_all(rows, pk="name", replace=True)
        with self._lock:
            self._known = None


def _rows(kind: str, part: Timeouts | Budget) -> list[dict[str, str | None]]:
    pairs = ((f"{kind}_{f.name}", getattr(part, f.name)) for f in fields(part))
    return [{"name": name, "value": None if value is None else str(value)} for name, value in pairs]


def _part_from(values: Mapping[str, str | None], kind: str, default: T, parse: Callable[[Decimal], Any]) -> T:
    """A part of the preferences, from the stored values that can be read."""
    found = {}
    for field in fields(default):
        try:
            found[field.name] = parse(Decimal(values.get(f"{kind}_{field.name}") or ""))
        except (InvalidOperation, ValueError):
            continue
    return replace(default, **found)


def _seconds(number: Decimal) -> float:
    seconds = float(number)
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError("no time to wait")
    return seconds


def _dollars(number: Decimal) -> Decimal:
    if not (number.is_finite() and number >= 0):
        raise ValueError("no amount")
    return number
