"""One record a run: everything that is exported of it, each part under the name that it has elsewhere."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from itertools import zip_longest
from typing import Any

from experiments.checks.check import Check, CheckResult
from experiments.plan import Plan
from experiments.reading.results import Result
from experiments.report.exported import Exported
from llm.types import Cost, Parameters, Usage

Record = dict[str, Any]


def records(exported: Exported) -> Iterator[Record]:
    """The runs that have begun, in the plan's order; all records have the same names in the same order.

    Prompts and repetitions are counted from 1, money is US dollars as decimal text, times are seconds. A server's own
    words about a failure stay here: they may name what is nobody else's business.
    """
    return (_record(exported, result) for result in exported.results.rows)


def _record(exported: Exported, result: Result) -> Record:
    run, cell, plan = result.run, result.cell, exported.results.plan
    return {
        "experiment": exported.title,
        "prompt_number": cell.prompt_index + 1,
        "prompt": cell.prompt,
        "variables": {name: cell.row.get(name) for name in (plan.table[0] if plan.table else ())},
        "levels": {factor.name: cell.levels.get(factor.name) for factor in plan.factors},
        "repetition": run.id.repetition + 1,
        "status": str(run.status),
        "finish_reason": run.finish_reason,
        "failure": run.failure and run.failure.sentence,
        "text": result.text,
        "metrics": {name: result.observation.metrics.get(name) for name in _metrics(exported)},
        "checks": [_check(*pair) for pair in zip_longest(plan.checks, result.checks[: len(plan.checks)])],
        **_judged(plan, result),
        "cost": _cost(run.cost),
        "tokens": {"reported": _usage(run.reported), "estimated": _usage(run.estimated)},
        "timing": {
            "first_token": run.timing and run.timing.first_token,
            "duration": run.timing and run.timing.duration,
        },
        "connection": cell.settings.connection,
        "model": cell.settings.model,
        "parameters": {field.name: getattr(cell.settings.parameters, field.name) for field in fields(Parameters)},
        "cell": cell.id,
        "adopted": run.adopted,
    }


def _metrics(exported: Exported) -> list[str]:
    return [metric.name for metric in exported.results.metrics]


def _check(check: Check, result: CheckResult | None) -> Record:
    return {"check": check.words} | (
        asdict(result) if result else dict.fromkeys(field.name for field in fields(CheckResult))
    )


def _judged(plan: Plan, result: Result) -> Record:
    if plan.judge is None:
        return {}
    judgement = result.judgement
    return {"judge": {"score": judgement and judgement.score, "why": judgement and judgement.why}}


def _cost(cost: Cost | None) -> Record:
    amount = cost.amount if cost else None
    return {"amount": None if amount is None else f"{amount:f}", "provenance": cost and str(cost.provenance)}


def _usage(usage: Usage | None) -> Record:
    return {field.name: usage and getattr(usage, field.name) for field in fields(Usage)}
