"""All runs in a table, with filters, and the reply of the chosen one below."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import streamlit as st

from components.reading.reply import reply
from experiments.factor_words import factor_label, labels, level_text
from experiments.reading.filters import Checked, Filters
from experiments.reading.results import Result, Results
from experiments.reading.words.reply_figures import status_name
from llm.types import Status
from llm.words import beginning, counted

BEGINNING = 160  # characters of a prompt or a reply
SHORT_LEVEL = 16  # characters
FEW_ROWS, MANY_HEIGHT = 10, 400


def table(results: Results, key: str) -> bool:
    """Draw the runs that pass the filters, and the chosen one whole; whether one is chosen."""
    filters = _filters(results, key)
    rows = filters.apply(results.rows)
    st.caption(f"{len(rows):,} of {counted(len(results.rows), 'run')}. Choose one to read it whole.")
    digest = sha256(repr(filters).encode("utf-8", "surrogatepass")).hexdigest()[:12]  # other rows, another choice
    event = st.dataframe(
        _columns(results, rows),
        key=f"runs_{digest}_{key}",
        height="auto" if len(rows) <= FEW_ROWS else MANY_HEIGHT,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config=_config(results),
        placeholder="–",
    )
    if chosen := [place for place in event.selection.rows if place < len(rows)]:
        reply(rows[chosen[0]], f"whole_{key}")
    return bool(chosen)


def _filters(results: Results, key: str) -> Filters:
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_filters"):
        text = st.text_input(
            "Reply contains", key=f"contains_{key}", live=True, icon=":material/search:", persist_state="session"
        )
        present = {row.run.status for row in results.rows}
        statuses = _some("Status", [status for status in Status if status in present], status_name, f"status_{key}")
        checked = _checked(results, key)
        prompts = _some("Prompt", results.prompts, str, f"prompts_{key}") if len(results.prompts) > 1 else []
        levels = {name: _levels(results, name, key) for name in results.factors}
    return Filters(levels, tuple(prompts), tuple(map(Status, statuses)), checked, text.strip())


def _levels(results: Results, name: str, key: str) -> tuple[Any, ...]:
    levels = results.levels[name]
    words = labels(levels)
    places = _some(factor_label(name), range(len(levels)), words.__getitem__, f"levels_{name}_{key}")
    return tuple(levels[place] for place in places)


def _some(label: str, options: Sequence[Any], words: Any, key: str) -> list[Any]:
    return st.multiselect(label, options, format_func=words, key=key, placeholder="all", persist_state="session")


def _checked(results: Results, key: str) -> Checked | None:
    if not results.plan.checks:
        return None
    found = st.selectbox(
        "Checks",
        list(Checked),
        index=None,
        format_func=str,
        placeholder="all",
        key=f"checked_{key}",
        persist_state="session",
    )
    return Checked(found) if found else None


def _columns(results: Results, rows: Sequence[Result]) -> dict[str, list[Any]]:
    """The table, column by column; what no run has is left out."""
    metrics = {metric.name for metric in results.metrics}
    columns: dict[str, list[Any]] = {"Prompt": [beginning(row.observation.prompt, BEGINNING) for row in rows]}
    for name in results.factors:
        columns[factor_label(name)] = [level_text(row.cell.levels[name]) for row in rows]
    columns |= {
        "Repetition": [row.run.id.repetition + 1 for row in rows],
        "Status": [status_name(row.run.status) for row in rows],
        "Reply": [beginning(row.text, BEGINNING) for row in rows],
    }
    if results.plan.checks:
        columns["Checks"] = [_passed(row) for row in rows]
    if "judge_score" in metrics:
        columns["Judge"] = [row.metrics["judge_score"] for row in rows]
    return columns | {
        "Output": [row.run.usage.output_tokens or None for row in rows],
        "Cost": [row.metrics["cost"] for row in rows],
        "First token": [row.metrics["first_token"] for row in rows],
        "Speed": [row.metrics["tokens_per_second"] for row in rows],
        "Counts": ["reported" if row.run.reported else "≈ estimated" if row.run.estimated else "" for row in rows],
    }


def _config(results: Results) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    long = [name for name, levels in results.levels.items() if max(map(len, labels(levels))) > SHORT_LEVEL]
    return {factor_label(name): text(width="small") for name in long} | {
        "Prompt": text(width="medium"),
        "Reply": text(width="large"),
        "Checks": text(help="How many of its checks a reply passed."),
        "Judge": number("Judge, 1 to 5", format="%.0f"),
        "Output": number("Output, tokens", format="localized"),
        "Cost": number("Cost, US$", format="%.6f"),
        "First token": number("First token, s", format="%.2f"),
        "Speed": number("Speed, tokens/s", format="%.0f"),
        "Counts": text(help="Whose token counts these are: the server's, or our estimate."),
    }


def _passed(row: Result) -> str:
    return f"{sum(check.passed for check in row.checks)} of {len(row.checks)}" if row.checks else ""
