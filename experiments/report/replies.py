"""The replies that a report shows: the first of each cell, with what is needed to ask for it again."""

from collections.abc import Iterable
from dataclasses import dataclass

from experiments.cells import Cell, identity_text
from experiments.factor_words import factor_title, level_text
from experiments.reading.results import Result, Results, prompt_name
from experiments.reading.words.reply_figures import Figures, judge_words, reply_figures, status_words

MOST_CELLS = 100
LONGEST_SHOWN = 4_000  # characters of a prompt, a reply or a reason


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a cell sends, as the text whose SHA-256 (UTF-8, hex) is the cell's id; "" where it is very long."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownReply:
    """One reply of a cell: how it came about, and how it was judged."""

    levels: Figures
    text: str
    left_out: int  # characters at its end
    status: str  # "" for a whole one
    figures: Figures
    checks: tuple[tuple[bool, str], ...]  # whether it was passed, and why
    judge: str
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and the first reply of each cell that sends it."""

    prompt: str
    left_out: int  # characters at its end
    replies: tuple[ShownReply, ...]


def shown_replies(results: Results) -> tuple[tuple[Asked, ...], int]:
    """The first reply of each of the first cells by their prompts, and how many cells are left out."""
    firsts: dict[str, Result] = {}
    for row in results.rows:
        firsts.setdefault(row.cell.id, row)
    chosen = [firsts[cell.id] for cell in results.cells if cell.id in firsts][:MOST_CELLS]
    by_prompt: dict[str, list[Result]] = {}
    for row in chosen:
        by_prompt.setdefault(prompt_name(row.cell), []).append(row)
    asked = (Asked(*beginning(prompt), tuple(map(_shown, rows))) for prompt, rows in by_prompt.items())
    return tuple(asked), len(firsts) - len(chosen)


def beginning(text: str) -> tuple[str, int]:
    """As much of a text as is shown, and how many characters are left out."""
    return text[:LONGEST_SHOWN], max(0, len(text) - LONGEST_SHOWN)


def levels_text(levels: Iterable[tuple[str, object]]) -> Figures:
    """Levels by the titles of their factors."""
    return tuple((factor_title(name), level_text(level)) for name, level in levels)


def recipe(cell: Cell) -> Recipe:
    """How a cell's request is made again: with the playground, or by hand."""
    text = identity_text(cell.settings, cell.prompt)
    return Recipe(cell.id, text if len(text) <= 2 * LONGEST_SHOWN else "")


def _shown(row: Result) -> ShownReply:
    levels = levels_text(row.cell.levels.items())
    checks = tuple((check.passed, check.why) for check in row.checks)
    judged, figures = judge_words(row), reply_figures(row)
    return ShownReply(levels, *beginning(row.text), status_words(row), figures, checks, judged, recipe(row.cell))
