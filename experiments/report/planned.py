"""A plan as a report tells it: every setting, in words."""

from dataclasses import dataclass

from experiments.cells import count_cells
from experiments.factor_words import factor_title, level_text
from experiments.factors import Factor
from experiments.plan import Design, Plan
from experiments.report.words import check_text
from llm.money import money
from llm.types import Settings
from llm.words import counted

MOST_PROMPTS = 50
MOST_ROWS = 50

Lines = tuple[tuple[str, str], ...]  # a name, and what stands for it


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned; the numbers are of prompts and rows of the table that are left out."""

    settings: Lines
    factors: Lines
    design: Lines
    prompts: tuple[str, ...]
    prompts_left_out: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rows_left_out: int
    checks: tuple[str, ...]
    judge: Lines


def planned(plan: Plan) -> Planned:
    """The plan in words."""
    judge, columns = plan.judge, tuple(plan.table[0]) if plan.table else ()
    return Planned(
        settings=settings_lines(plan.settings),
        factors=tuple((factor_title(factor.name), _levels(factor)) for factor in plan.factors),
        design=_design(plan),
        prompts=plan.prompts[:MOST_PROMPTS],
        prompts_left_out=max(0, len(plan.prompts) - MOST_PROMPTS),
        columns=columns,
        rows=tuple(tuple(row[name] for name in columns) for row in plan.table[:MOST_ROWS]),
        rows_left_out=max(0, len(plan.table) - MOST_ROWS),
        checks=tuple(map(check_text, plan.checks)),
        judge=(*settings_lines(judge.settings), ("rubric", judge.rubric)) if judge else (),
    )


def settings_lines(settings: Settings) -> Lines:
    """The settings that are set; what is not set is not sent."""
    chosen = settings.parameters.chosen()
    texts = {name: "  ".join(map(repr, value)) if isinstance(value, tuple) else value for name, value in chosen.items()}
    named = {"connection": settings.connection, "model": settings.model, **texts}
    return tuple((factor_title(name), str(value)) for name, value in named.items() if value != "")


def _levels(factor: Factor) -> str:
    levels = [level if isinstance(level, str) else level_text(level) for level in factor.levels]
    return "\n".join(levels) if any(len(level) > 20 for level in levels) else ", ".join(levels)


def _design(plan: Plan) -> Lines:
    sampled = f", {counted(plan.sample_size, 'cell')} drawn with seed {plan.sample_seed}"
    lines = (
        ("design", f"{plan.design}{sampled if plan.design is Design.SAMPLE else ''}"),
        ("cells", f"{count_cells(plan):,}"),
        ("repetitions", f"{plan.repetitions:,}"),
        ("requests at once", f"{plan.concurrency:,} at most"),
        ("requests per minute", f"{plan.requests_per_minute:,} at most" if plan.requests_per_minute else ""),
        ("cap", money(plan.cap) if plan.cap is not None else ""),
    )
    return tuple(line for line in lines if line[1])
