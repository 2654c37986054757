"""The runs that began last, as they come in."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from experiments.cells import Cell
from experiments.factor_words import factor_label, level_text
from experiments.reading.words.reply_figures import status_name
from llm.money import cost_text
from llm.types import Status
from llm.words import beginning
from storage.experiments.records import StoredRun

SHOWN = 12  # runs
LOOKED_AT = 2 * SHOWN  # runs and judgements
SHORT = 40  # characters of a value from the table
BEGINNING = 160  # characters of a prompt or a reply


def live_table(newest: Sequence[tuple[StoredRun, str]], cells: Mapping[str, Cell]) -> None:
    """Draw runs with their texts, the newest first, no judgements. A data frame shows all that is in it as it is
    written."""
    newest = [(run, text) for run, text in newest if not run.id.judges][:SHOWN]
    if not newest:
        return
    st.caption("The newest runs")
    st.dataframe(
        [_row(run, text, cells.get(run.id.cell_id)) for run, text in newest],
        hide_index=True,
        key="live_table",
        column_config={
            "Status": st.column_config.TextColumn(width=120),
            "Reply": st.column_config.TextColumn(width="large"),
            "Prompt": st.column_config.TextColumn(width="medium"),
            "Tokens": st.column_config.NumberColumn("Output, tokens", format="localized"),
            "Time": st.column_config.NumberColumn("Time, s", format="%.2f"),
        },
    )


def _row(run: StoredRun, text: str, cell: Cell | None) -> dict[str, Any]:
    status = "recorded before" if run.adopted else status_name(run.status)
    levels = cell.levels if cell else {}
    named = {factor_label(name): level_text(level) for name, level in levels.items()}
    return {
        "Status": status,
        **named,
        **({f"{{{{{name}}}}}": beginning(value, SHORT) for name, value in cell.row.items()} if cell else {}),
        "Prompt": beginning(cell.prompt, BEGINNING) if cell else "",
        "Reply": beginning(run.failure.sentence if run.failure else text, BEGINNING),
        "Tokens": run.usage.output_tokens if run.status is not Status.STREAMING else None,
        "Cost": cost_text(run.cost) if run.cost else "",
        "Time": run.timing.duration if run.timing else None,
    }
