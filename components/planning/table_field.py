"""The table that fills {{variables}}: typed, pasted or uploaded."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.planning.edit import Edit
from components.planning.faults import fault, within
from components.planning.section import Section
from components.session import project, widget
from components.text.model_text import plain
from experiments.field_problem import FieldProblem
from experiments.templates import Row, read_table
from llm.words import counted

SHOWN = 5  # rows
HELP = (
    "The first line names the columns, each line below it is a row. A prompt with the name of a column in double "
    "braces, such as {{country}}, is sent once for each row. Checks and the judge's rubric can use them, too."
)


def table_field(
    table: str,
    problem: FieldProblem | None,
    upload_problem: str,
    edit: Edit,
    on_upload: Callable[[bytes], None],
    part: Section,
) -> None:
    """Draw the text of the table, what replaces it by a file, and its first rows."""
    rows = _rows(table)
    summary = counted(len(rows), "row") if rows else ""
    with part("plan_table_part", "Table for {{variables}}", summary, within(problem, "table")) as fold:
        if not fold.open:
            return
        project("plan_table", table)
        st.text_area(
            "Table (CSV)",
            key="plan_table",
            help=HELP,
            placeholder="country,capital\nFrance,Paris\n日本,東京",
            height=120,
            on_change=lambda: edit("table", lambda _: widget("plan_table")),
        )
        fault(problem, "table")
        st.file_uploader(
            "Or take it from a file",
            ["csv", "tsv", "txt"],
            key="plan_table_file",
            help="A CSV file as UTF-8 text; it takes the place of what is typed.",
            on_change=lambda: _uploaded(on_upload),
        )
        fault(FieldProblem("upload", upload_problem) if upload_problem else None, "upload")
        if rows:
            _preview(rows)


def _rows(table: str) -> Sequence[Row]:
    try:
        return read_table(table) if table.strip() else ()
    except FieldProblem:
        return ()


def _uploaded(on_upload: Callable[[bytes], None]) -> None:
    if file := widget("plan_table_file"):
        on_upload(file.getvalue())


def _preview(rows: Sequence[Row]) -> None:
    st.dataframe([dict(row) for row in rows[:SHOWN]], hide_index=True, key="plan_table_preview")
    names = ", ".join(f"{{{{{name}}}}}" for name in rows[0])
    more = f" The first {SHOWN} are shown." if len(rows) > SHOWN else ""
    st.caption(plain(f"{counted(len(rows), 'row')}, to be used as {names}.{more}"))
