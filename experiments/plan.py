"""A plan: everything that decides what an experiment sends, and how its replies are checked."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from experiments.checks.check import Check
from experiments.checks.judge import Judge
from experiments.factors import MODEL, Factor
from experiments.field_problem import FieldProblem
from experiments.templates import Row, refuse_missing, variables
from llm.models.limits import problems
from llm.types import Settings

MOST_REPETITIONS = 1_000
MOST_CONCURRENCY = 100


class Design(StrEnum):
    """Which combinations of levels are tried."""

    GRID = "grid"  # all of them
    ONE_AT_A_TIME = "one at a time"  # the settings as they stand, then each level of one factor while the rest stand
    SAMPLE = "sample"  # some of the grid, drawn by a seed


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment before it runs. Keys are in none of its values: connections are named."""

    title: str
    prompts: tuple[str, ...]
    settings: Settings  # where each factor stands that is not turned
    factors: tuple[Factor, ...] = ()
    table: tuple[Row, ...] = ()  # fills the prompts and system prompts that have variables, each with every row
    design: Design = Design.GRID
    sample_size: int = 50  # cells of a sample
    sample_seed: int = 1
    repetitions: int = 1
    checks: tuple[Check, ...] = ()
    judge: Judge | None = None
    concurrency: int = 4  # requests under way at once
    requests_per_minute: int | None = None
    cap: Decimal | None = None  # the most that may be spent, in US dollars

    @property
    def system_prompts(self) -> tuple[str, ...]:
        """All system prompts that are used."""
        levels = [level for factor in self.factors if factor.name == "system_prompt" for level in factor.levels]
        return tuple(str(text) for text in (self.settings.parameters.system_prompt, *levels) if text)

    def takes_rows(self, prompt: str) -> bool:
        """Whether a prompt of this plan is sent once for each row of the table."""
        return bool(self.table) and any(map(variables, (prompt, *self.system_prompts)))


def refuse_faulty(plan: Plan) -> None:
    """Raise FieldProblem for the first thing that keeps a plan from being run; its field names the place.

    Fields are those of the plan; `temperature` and the like for a factor or a setting; `checks.0.pattern` for a
    field of a check, `judge.rubric` for one of the judge.
    """
    _refuse_prompts(plan)
    _refuse_settings(plan)
    _refuse_numbers(plan)
    _refuse_checks(plan)


def _refuse_prompts(plan: Plan) -> None:
    if not any(prompt.strip() for prompt in plan.prompts):
        raise FieldProblem("prompts", "Type at least one prompt.")
    for number, prompt in enumerate(plan.prompts, start=1):
        if not prompt.strip():
            raise FieldProblem("prompts", f"Prompt {number} is empty: type it, or take it away.")
        refuse_missing(variables(prompt), f"Prompt {number}", plan.table)
    for text in plan.system_prompts:
        refuse_missing(variables(text), "A system prompt", plan.table)
    if not all(isinstance(value, str) for row in plan.table for value in row.values()):
        raise FieldProblem("table", "The values of the table must be texts: fill what is empty, or leave the row out.")
    if any(row.keys() != plan.table[0].keys() for row in plan.table):
        raise FieldProblem("table", "The rows of the table do not have the same columns.")


def _refuse_settings(plan: Plan) -> None:
    for name, sentence in problems(plan.settings.parameters).items():
        raise FieldProblem(name, sentence)
    names = [factor.name for factor in plan.factors]
    for factor in plan.factors:
        factor.refuse_faulty()
        if names.count(factor.name) > 1:
            raise FieldProblem(factor.name, f"“{factor.name}” is varied twice: put all its values into one factor.")
    if not plan.settings.model and (MODEL not in names or plan.design is Design.ONE_AT_A_TIME):
        raise FieldProblem(MODEL, "Choose a model.")


def _refuse_numbers(plan: Plan) -> None:
    if not 1 <= plan.repetitions <= MOST_REPETITIONS:
        raise FieldProblem("repetitions", f"Choose 1 to {MOST_REPETITIONS:,} repetitions.")
    if not 1 <= plan.concurrency <= MOST_CONCURRENCY:
        raise FieldProblem("concurrency", f"Choose 1 to {MOST_CONCURRENCY:,} requests at once.")
    if plan.design is Design.SAMPLE and plan.sample_size < 1:
        raise FieldProblem("sample_size", "Choose a sample of at least one cell.")
    if plan.requests_per_minute is not None and plan.requests_per_minute < 1:
        raise FieldProblem("requests_per_minute", "Choose at least one request per minute, or none for no limit.")
    if plan.cap is not None and not (plan.cap.is_finite() and plan.cap > 0):
        raise FieldProblem("cap", "Choose a cap above $0, or none for no cap.")


def _refuse_checks(plan: Plan) -> None:
    judges = () if plan.judge is None else (("judge", "The judge's rubric", plan.judge),)
    checks = ((f"checks.{i}", f"Check {i + 1}", check) for i, check in enumerate(plan.checks))
    for place, words, check in (*checks, *judges):
        try:
            check.refuse_faulty()
        except FieldProblem as problem:
            raise FieldProblem(f"{place}.{problem.field}", str(problem)) from None
        used = [name for template in check.templates for name in variables(template)]
        refuse_missing(used, words, plan.table)
        for number, prompt in enumerate(plan.prompts, start=1):
            if used and not plan.takes_rows(prompt):
                raise FieldProblem(
                    place, f"{words} uses {{{{{used[0]}}}}}, but prompt {number} uses no row of the table."
                )
