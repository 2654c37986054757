"""The runs of an experiment as lines of a file: CSV for spreadsheets, JSONL for programs."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from experiments.report.exported import Exported
from experiments.report.records import records

BYTE_ORDER_MARK = "\ufeff"  # Excel reads UTF-8 where a file begins with it
LONGEST_CELL = 32_767  # characters, as UTF-16 counts them: Excel lays what is longer over the lines below
# What a spreadsheet takes for the beginning of a formula, the wide forms of East Asian keyboards among them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def jsonl_lines(exported: Exported) -> Iterator[str]:
    """A JSON object for each run, every text exactly as it is."""
    return (json.dumps(record, ensure_ascii=False) + "\n" for record in records(exported))


def csv_lines(exported: Exported) -> Iterator[str]:
    """A line for each run below one that names the columns; parts of a part are joined by dots: levels.temperature.

    A text that a spreadsheet would run as a formula has an apostrophe before it, and one that is too long for a cell
    ends with …: exact texts are those of `jsonl_lines`.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for number, record in enumerate(records(exported)):
        columns = dict(_columns(record))
        if number == 0:
            buffer.write(BYTE_ORDER_MARK)
            writer.writerow(map(_cell, columns))
        writer.writerow(map(_cell, columns.values()))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _columns(part: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The names and values of all that is in a record, however deep; what is in a list is numbered from 1."""
    if isinstance(part, dict):
        named = part.items()
    elif isinstance(part, list):
        named = ((str(number), value) for number, value in enumerate(part, start=1))
    else:
        yield name, part
        return
    for key, value in named:
        yield from _columns(value, f"{name}.{key}" if name else key)


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = json.dumps(value, ensure_ascii=False) if value else None
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.startswith(_FORMULA) else value
    if len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
