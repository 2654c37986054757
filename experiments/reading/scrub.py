"""What the scrub shows: recorded replies by the places of their levels, for scrub.js, which runs in page and report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.factor_words import factor_title, labels
from experiments.reading.results import Result, Results
from experiments.reading.words.reply_figures import judge_words, reply_figures, status_words

LONGEST_TEXT = 20_000  # characters of a reply
MOST_CHARACTERS = 1_000_000  # of all replies together
FOLDER = Path(__file__).parent


def scrub_data(results: Results, prompts: Sequence[str] | None = None) -> dict[str, Any]:
    """The recorded replies to some prompts, or to all, as JSON has them. What would be too much is left out, later
    repetitions first, and `note` says so."""
    names = list(results.prompts if prompts is None else prompts)
    factors = [{"title": factor_title(name), "levels": labels(of)} for name, of in results.levels.items()]
    rows = [row for row in results.rows if row.observation.prompt in names]
    replies, room = [], MOST_CHARACTERS
    for row in rows:
        room -= min(len(row.text), LONGEST_TEXT)
        if room < 0:
            break
        replies.append(_reply(results, names, row))
    note = f"{len(replies):,} of {len(rows):,} replies are here; the others would be too much for a page."
    return {"prompts": names, "factors": factors, "replies": replies, "note": note if len(replies) < len(rows) else ""}


def _reply(results: Results, prompts: Sequence[str], row: Result) -> dict[str, Any]:
    text, cut = row.text[:LONGEST_TEXT], len(row.text) > LONGEST_TEXT
    return {
        "prompt": prompts.index(row.observation.prompt),
        "at": [levels.index(row.cell.levels[name]) for name, levels in results.levels.items()],
        "repetition": row.run.id.repetition,
        "text": text,
        "cut": f"The first {LONGEST_TEXT:,} of {len(row.text):,} characters." if cut else "",
        "status": status_words(row),
        "figures": reply_figures(row),
        "checks": [[check.passed, check.why] for check in row.checks],
        "judge": judge_words(row),
    }
