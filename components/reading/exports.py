"""An experiment as files: its runs as CSV and JSONL, its report as one HTML file. Each is made when it is asked for."""

import re
from collections.abc import Callable, Iterable
from io import BytesIO

import streamlit as st

from components.reading.knobs import Effects
from experiments.report.exported import Exported
from experiments.report.lines import csv_lines, jsonl_lines

LONGEST_NAME = 60  # characters of a title in the name of a file
ABOUT = {
    "html": "One page that opens anywhere, without the playground or the internet: plan, findings, charts, replies.",
    "csv": "For spreadsheets, a line for each run. What would run as a formula has an apostrophe before it.",
    "jsonl": "For programs, a JSON object for each run with every text exactly as it was.",
}


def exports(title: str, take: Callable[..., Exported], effects: Effects, running: bool) -> None:
    """A button for each file. `take(running=…)` gives what is recorded then, in a thread without a page."""

    def report() -> bytes:
        from experiments.report.page import report_html

        exported = take(running=running)
        return report_html(exported, None if running else effects(exported.results).result()).encode()

    _download("Report", report, file_name(title, "html"), "text/html")
    _download("CSV", lambda: _file(csv_lines(take())), file_name(title, "csv"), "text/csv")
    _download("JSONL", lambda: _file(jsonl_lines(take())), file_name(title, "jsonl"), "application/jsonl")


def file_name(title: str, ending: str) -> str:
    """A name that every system takes: letters and digits of any script, with hyphens between them."""
    words = re.findall(r"[^\W_]+", title[:LONGEST_NAME])
    return f"{'-'.join(['experiment', *words])}.{ending}"


def _download(label: str, make: Callable[[], bytes | BytesIO], name: str, kind: str) -> None:
    ending = name.rpartition(".")[2]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            label, make, name, kind, key=f"export_{ending}", on_click="ignore", icon=":material/download:", width=110
        )
        st.caption(ABOUT[ending], width="stretch")


def _file(lines: Iterable[str]) -> BytesIO:
    file = BytesIO()
    file.writelines(line.encode() for line in lines)
    return file
