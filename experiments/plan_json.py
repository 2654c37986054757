"""Plans as JSON, as they are stored."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from experiments.checks.check import Check
from experiments.checks.json_checks import FitsSchema, ValidJson
from experiments.checks.judge import Judge
from experiments.checks.length import Length
from experiments.checks.text_checks import Contains, Equals, Matches, NotContains, Similar
from experiments.factors import Factor
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan
from llm.types import Parameters, Settings

_MADE = (Contains, NotContains, Matches, Equals, Similar, ValidJson, FitsSchema, Length)
CHECKS: dict[str, type[Check]] = {check.kind: check for check in _MADE}  # in the order in which they are offered
UNREADABLE = "This plan cannot be read: it is damaged, or of a newer version."


def to_json(plan: Plan) -> str:
    """The plan as JSON text, from which `from_json` makes an equal one."""
    checks = [{"kind": check.kind, **asdict(check)} for check in plan.checks]
    cap = None if plan.cap is None else str(plan.cap)
    return json.dumps({**asdict(plan), "checks": checks, "cap": cap}, ensure_ascii=False)


def from_json(text: str) -> Plan:
    """The plan of a JSON text. Raises FieldProblem("plan") if it is none, or one of a newer version."""
    try:
        return _plan(**json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError):
        raise FieldProblem("plan", UNREADABLE) from None


def _plan(**stored: Any) -> Plan:
    stored["prompts"] = tuple(stored["prompts"])
    stored["table"] = tuple(stored["table"])
    stored["settings"] = _settings(**stored["settings"])
    stored["factors"] = tuple(Factor(factor["name"], tuple(factor["levels"])) for factor in stored["factors"])
    stored["design"] = Design(stored["design"])
    stored["checks"] = tuple(_check(**check) for check in stored["checks"])
    stored["cap"] = None if stored["cap"] is None else Decimal(stored["cap"])
    if judge := stored["judge"]:
        stored["judge"] = Judge(_settings(**judge["settings"]), judge["rubric"])
    return Plan(**stored)


def _settings(connection: str, model: str, parameters: Mapping[str, Any]) -> Settings:
    stops = tuple(parameters["stop_sequences"])
    return Settings(connection, model, Parameters(**{**parameters, "stop_sequences": stops}))


def _check(kind: str, **fields: Any) -> Check:
    return CHECKS[kind](**fields)
