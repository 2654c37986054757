"""A plan as an experiment keeps it: read as it is, for a limit that was tightened since is no reason not to show it."""

from collections.abc import Mapping
from functools import lru_cache

from experiments.cells import Cell, combined
from experiments.field_problem import FieldProblem
from experiments.plan import Plan
from experiments.plan_json import UNREADABLE, from_json


@lru_cache(maxsize=4)
def stored_plan(text: str) -> tuple[Plan, Mapping[str, Cell]]:
    """The plan of a JSON text, and its cells by id; remembered, for a large one takes a second.

    Raises FieldProblem if it cannot be read.
    """
    plan = from_json(text)
    try:
        return plan, {cell.id: cell for cell in combined(plan)}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise FieldProblem("plan", UNREADABLE) from None
