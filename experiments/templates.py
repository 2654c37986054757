"""Prompts with {{variables}}, and the table whose rows fill them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from experiments.field_problem import FieldProblem
from llm.words import counted

Row = Mapping[str, str]  # the value of each variable

_VARIABLE = re.compile(r"\{\{[ \t]*([^\W\d](?:[\w .-]*\w)?)[ \t]*\}\}")
_DELIMITERS = ",;\t"
_NO_DELIMITER = "\x1f"  # for a table of one column: its commas are its values'
_HELP = "The first line names the columns, each line below it is a row."


def variables(template: str) -> tuple[str, ...]:
    """The variables that a text uses, each once: names in double braces, in any script. Other braces are text."""
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def fill(template: str, row: Row) -> str:
    """The text with the row's values in place of its variables; what the row does not have stays as it is."""
    return _VARIABLE.sub(lambda match: row.get(match[1], match[0]), template)


def read_table(source: str | bytes) -> tuple[Row, ...]:
    """The rows of a CSV text (bytes: UTF-8), its columns parted by commas, semicolons or tabs.

    Raises FieldProblem("table") where it is empty, malformed, or its columns are not told apart.
    """
    text = _decoded(source).removeprefix("\ufeff").lstrip("\r\n")
    records = _records(text) if text.strip() else []
    if not records:
        raise _problem(f"The table is empty. {_HELP}")
    names, *rows = records
    names = [name.strip() for name in names]
    _refuse_names(names)
    if not rows:
        raise _problem(f"The table has column names but no rows. {_HELP}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise _problem(
                f"Row {number} of the table has {counted(len(row), 'value')} for {counted(len(names), 'column')}: "
                "put quotation marks around values with commas, semicolons or tabs."
            )
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def written_table(table: Sequence[Row]) -> str:
    """The CSV text of a table, from which `read_table` makes an equal one; "" for none."""
    if not table:
        return ""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, tuple(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def refuse_missing(used: Sequence[str], where: str, table: Sequence[Row]) -> None:
    """Raise FieldProblem("table") if the table lacks one of the variables that are used at a place."""
    for name in used:
        if not table:
            raise _problem(f"{where} uses {{{{{name}}}}}: give a table with a column of that name.")
        if name not in table[0]:
            has = ", ".join(table[0])
            raise _problem(f"{where} uses {{{{{name}}}}}, but the table has no such column (it has {has}).")


def _decoded(source: str | bytes) -> str:
    try:
        return source if isinstance(source, str) else source.decode("utf-8")
    except UnicodeDecodeError:
        raise _problem("The table is not UTF-8 text: save it as such (in Excel as “CSV UTF-8”).") from None


def _records(text: str) -> list[list[str]]:
    """All records but the empty ones."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return [record for record in reader if any(map(str.strip, record))]
    except csv.Error:
        longest = csv.field_size_limit()
        raise _problem(
            f"The table cannot be read at line {reader.line_num}: a quotation mark is not closed or stands astray, "
            f"or a value has more than {longest:,} characters."
        ) from None


def _delimiter(text: str) -> str:
    """What parts the column names. csv.Sniffer guesses by the values too, and is led astray by their punctuation."""

    beginning = text[: csv.field_size_limit()]

    def columns(delimiter: str) -> int:
        return len(next(csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter)))

    best = max(_DELIMITERS, key=columns)
    return best if columns(best) > 1 else _NO_DELIMITER


def _refuse_names(names: Sequence[str]) -> None:
    for place, name in enumerate(names, start=1):
        if not name:
            raise _problem(f"Column {place} of the table has no name. {_HELP}")
        if name in names[: place - 1]:
            raise _problem(f"The table has two columns named “{name}”: rename one of them.")


def _problem(sentence: str) -> FieldProblem:
    return FieldProblem("table", sentence)
