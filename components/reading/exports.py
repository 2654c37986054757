"""An experiment as files: its runs as CSV and JSONL, its report as one HTML file. Each is made when it is asked for."""

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from io import BytesIO

import streamlit as st

from experiments.reading.effects import Effect
from experiments.reading.results import Results
from experiments.report.exported import Exported
from experiments.report.lines import csv_lines, jsonl_lines

LONGEST_NAME = 60  # characters of a title in the name of a file
CSV_HELP = (
    "For spreadsheets: one line a run. A text that a spreadsheet would run as a formula has an apostrophe before it; "
    "one too long for a cell is cut."
)
JSONL_HELP = "For programs: one JSON object a line and run, every text exactly as it was."
REPORT_HELP = (
    "One file that opens in any browser, without this playground or the internet: plan, findings, charts, replies, "
    "cost. It takes a few seconds to make."
)

Effects = Callable[[Results], Future[Sequence[Effect]]]


def exports(title: str, take: Callable[[], Exported], effects: Effects) -> None:
    """A button for each file. `take` gives what is recorded at that moment, in a thread without a page."""

    def report() -> bytes:
        from experiments.report.page import report_html

        exported = take()
        return report_html(exported, effects(exported.results).result()).encode()

    with st.container(horizontal=True):
        _button("Report", report, title, "html", "text/html", REPORT_HELP)
        _button("CSV", lambda: _file(csv_lines(take())), title, "csv", "text/csv", CSV_HELP)
        _button("JSONL", lambda: _file(jsonl_lines(take())), title, "jsonl", "application/jsonl", JSONL_HELP)


def file_name(title: str, ending: str) -> str:
    """A name that every system takes: letters and digits of any script, with hyphens between them."""
    words = re.findall(r"[^\W_]+", title[:LONGEST_NAME])
    return f"{'-'.join(['experiment', *words])}.{ending}"


def _button(
    label: str, make: Callable[[], bytes | BytesIO], title: str, ending: str, kind: str, explained: str
) -> None:
    st.download_button(
        label,
        make,
        file_name(title, ending),
        kind,
        key=f"export_{ending}",
        help=explained,
        on_click="ignore",
        icon=":material/download:",
    )


def _file(lines: Iterable[str]) -> BytesIO:
    file = BytesIO()
    file.writelines(line.encode() for line in lines)
    return file
