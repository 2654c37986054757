"""The replies of one cell side by side."""

import streamlit as st

from components.figures import caption
from components.reading.choosers import level_choosers, prompt_chooser
from components.reading.reply import reply_checks, reply_text
from components.text.model_text import plain
from experiments.reading.results import Results
from experiments.reading.words.reply_figures import short_figures

MOST = 12  # replies
ABREAST = 3


def replies(results: Results, key: str) -> None:
    """Draw the repetitions of the cell that is chosen by its prompt and levels."""
    prompt = prompt_chooser(results, f"cell_{key}")
    levels = level_choosers(results, prompt, f"cell_{key}")
    rows = [
        row
        for row in results.rows
        if row.observation.prompt == prompt and all(row.cell.levels[name] == level for name, level in levels.items())
    ]
    if not rows:
        st.info("Nothing is recorded with these settings.")
        return
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,} repetitions are here; the table has all of them.")
    for first in range(0, min(len(rows), MOST), ABREAST):
        for column, row in zip(st.columns(ABREAST), rows[first : first + ABREAST], strict=False):
            with column, st.container(border=True):
                st.caption(f"Repetition {row.run.id.repetition + 1}")
                reply_text(row, f"cell_{key}")
                reply_checks(row)
                st.caption(plain(caption(text for _, text in short_figures(row))))
