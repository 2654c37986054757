"""A plan in words, for the page and the report alike: every setting, and all that is asked."""

from collections.abc import Collection
from dataclasses import dataclass

from experiments.cells import count_cells
from experiments.factor_words import factor_label, level_text
from experiments.factors import Factor
from experiments.plan import Design, Plan
from llm.money import money
from llm.types import Settings
from llm.words import counted

Lines = tuple[tuple[str, str], ...]  # a name, and what stands for it


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What was planned. Texts are whole, and those of a user: a page escapes them."""

    settings: Lines  # the same in all runs
    factors: tuple[tuple[str, tuple[str, ...]], ...]  # each with its levels
    design: Lines
    prompts: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    checks: tuple[str, ...]  # each goes on after "the reply"
    judge: Lines


def plan_words(plan: Plan) -> PlanWords:
    """The plan in words. One factor at a time turns from where the settings stand: only there do they tell of it."""
    judge, columns = plan.judge, tuple(plan.table[0]) if plan.table else ()
    turned = () if plan.design is Design.ONE_AT_A_TIME else [factor.name for factor in plan.factors]
    return PlanWords(
        settings=_settings(plan.settings, turned),
        factors=tuple((factor_label(factor.name), _levels(factor)) for factor in plan.factors),
        design=_design(plan),
        prompts=plan.prompts,
        columns=columns,
        rows=tuple(tuple(row[name] for name in columns) for row in plan.table),
        checks=tuple(check.words for check in plan.checks),
        judge=(*_settings(judge.settings), ("Rubric", judge.rubric)) if judge else (),
    )


def _settings(settings: Settings, without: Collection[str] = ()) -> Lines:
    """The settings that are set; what is not set is not sent."""
    chosen = settings.parameters.chosen()
    named = {"connection": settings.connection, "model": settings.model, **chosen}
    texts = {name: _value(value) for name, value in named.items() if value != "" and name not in without}
    return tuple((factor_label(name), text) for name, text in texts.items())


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"“{text}”" for text in value)
    return value if isinstance(value, str) else level_text(value)


def _levels(factor: Factor) -> tuple[str, ...]:
    return tuple(level if isinstance(level, str) else level_text(level) for level in factor.levels)


def _design(plan: Plan) -> Lines:
    sampled = f", {counted(plan.sample_size, 'cell')} drawn with seed {plan.sample_seed}"
    lines = (
        ("Combinations", f"{plan.design}{sampled if plan.design is Design.SAMPLE else ''}"),
        ("Cells", f"{count_cells(plan):,}"),
        ("Repetitions", f"{plan.repetitions:,}"),
        ("Requests at once", f"{plan.concurrency:,} at most"),
        ("Requests per minute", f"{plan.requests_per_minute:,} at most" if plan.requests_per_minute else ""),
        ("Cap", money(plan.cap) if plan.cap is not None else ""),
    )
    return tuple(line for line in lines if line[1])
