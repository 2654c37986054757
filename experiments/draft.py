"""A draft: what a user has typed of a plan. Each setting is left empty (default), has one value, or several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from experiments.checks.check import Check
from experiments.checks.judge import Judge
from experiments.factor_words import factor_title
from experiments.factors import FACTORS, MODEL, UNSET, Factor, Level, level_of, levels_in, read_factor, with_level
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan, refuse_faulty
from experiments.templates import read_table, written_table
from llm.titles import title_from
from llm.types import Parameters, Settings

SYSTEM_PROMPT = "system_prompt"
TYPED = tuple(name for name in FACTORS if name not in (MODEL, SYSTEM_PROMPT))  # the settings with values in one line


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as it is typed, right or wrong."""

    title: str = ""  # empty: the beginning of the first prompt, and what is varied
    prompts: tuple[str, ...] = ("",)
    table: str = ""  # CSV
    connection: str = ""  # serves the models that are named without one
    models: tuple[str, ...] = ()  # each "model @ connection"
    typed: Mapping[str, str] = field(default_factory=dict)  # by a name in TYPED
    system_prompts: tuple[str, ...] = ()  # an empty one stands for none
    fixed: Parameters = field(default_factory=Parameters)  # what cannot be varied
    design: Design = Design.GRID
    sample_size: int = 50
    sample_seed: int = 1
    repetitions: int = 1
    checks: tuple[Check, ...] = ()
    judge: Judge | None = None
    concurrency: int = 4
    requests_per_minute: int | None = None
    cap: Decimal | None = None  # US dollars


_SHARED = {of.name for of in fields(Draft)} & {of.name for of in fields(Plan)} - {"title", "table"}  # the same in both


def read_draft(draft: Draft) -> Plan:
    """The plan that a draft makes: a setting with several values is a factor, and its first value is where it stands
    while others are turned. Raises FieldProblem for the first thing that is wrong, with its field."""
    settings, factors = Settings(draft.connection, "", draft.fixed), []
    for factor in _factors(draft):
        settings = with_level(settings, factor.name, factor.levels[0])
        if len(factor.levels) > 1:
            factors.append(factor)
    plan = Plan(
        title=draft.title.strip() or _title(draft, factors),
        settings=settings,
        factors=tuple(factors),
        table=read_table(draft.table) if draft.table.strip() else (),
        **_shared(draft),
    )
    refuse_faulty(plan)
    return plan


def _title(draft: Draft, factors: Sequence[Factor]) -> str:
    """What a plan is called that was given no name: how its first prompt begins, and what is varied."""
    begin = title_from(draft.prompts[0] if draft.prompts else "")
    varied = ", ".join(factor_title(factor.name) for factor in factors)
    return f"{begin} · {varied}" if varied else begin


def draft_of(plan: Plan) -> Draft:
    """What one would type for a plan."""
    levels = {name: _levels(plan, name) for name in FACTORS}
    set_levels = {name: levels[name] for name in TYPED if levels[name] != (None,)}
    return Draft(
        title=plan.title,
        table=written_table(plan.table),
        connection=plan.settings.connection,
        models=tuple(_full_name(plan.settings, model) for model in levels[MODEL] if model),
        typed={name: ", ".join(map(_typed, values)) for name, values in set_levels.items()},
        system_prompts=tuple(str(text or "") for text in levels[SYSTEM_PROMPT]),
        fixed=replace(plan.settings.parameters, **dict.fromkeys((*TYPED, SYSTEM_PROMPT))),
        **_shared(plan),
    )


def _shared(of: Draft | Plan) -> dict[str, Any]:
    return {name: getattr(of, name) for name in _SHARED}


def model_at(settings: Settings) -> str:
    """How a draft names the model of some settings."""
    return f"{settings.model} @ {settings.connection}"


def read_setting(name: str, typed: str) -> Factor:
    """The values of a setting, as few as one: left empty, it is the default. Raises FieldProblem, of that name."""
    return read_factor(name, typed) if typed.strip() else Factor(name, (None,))


def _factors(draft: Draft) -> Iterator[Factor]:
    """All settings in their order, each with a level at least."""
    for name in FACTORS:
        match name:
            case "model":
                yield _models(draft)
            case "system_prompt":
                texts = (text.strip() and text for text in draft.system_prompts)
                yield Factor(name, tuple(dict.fromkeys(text or None for text in texts)) or (None,))
            case _:
                yield read_setting(name, draft.typed.get(name, ""))


def _models(draft: Draft) -> Factor:
    named = filter(None, map(str.strip, draft.models))
    names = tuple(dict.fromkeys(_full_name(Settings(draft.connection), name) for name in named))
    if not names:
        raise FieldProblem(MODEL, "Choose a model.")
    return Factor(MODEL, names)


def _levels(plan: Plan, name: str) -> Sequence[Level]:
    """The values of a setting; first where it stands, if that is told from the others."""
    stands = level_of(plan.settings, name)
    factor = next((factor for factor in plan.factors if factor.name == name), None)
    if factor is None:
        return (stands,)
    levels = levels_in(factor, plan.settings)
    return tuple(dict.fromkeys((stands, *levels))) if plan.design is Design.ONE_AT_A_TIME else levels


def _full_name(settings: Settings, model: Level) -> str:
    return model_at(with_level(settings, MODEL, model))


def _typed(level: Level) -> str:
    if level is None:
        return UNSET
    return f"{Decimal(str(level)).normalize():f}" if isinstance(level, float) else str(level)
