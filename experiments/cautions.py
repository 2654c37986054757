"""Cautions: what a plan can be run with, but should be known before it is."""

from collections.abc import Callable, Iterator, Sequence

from experiments.cells import Cell, count_cells
from experiments.factors import MODEL
from experiments.field_problem import FieldProblem
from experiments.plan import Design, Plan
from llm.models.capabilities import Capabilities, capabilities, effective
from llm.servers.connections import Connection
from llm.types import Parameters, Settings

Connections = Callable[[str], Connection]  # by name


def cautions(plan: Plan, built: Sequence[Cell], connection_of: Connections) -> tuple[str, ...]:
    """Sentences about a plan and its cells: repetitions that will be alike, settings that a model does not take.

    Raises FieldProblem("model") if a connection is not there.
    """
    sent = {settings: _sent(settings, connection_of) for settings in dict.fromkeys(cell.settings for cell in built)}
    found = [*_alike(plan, [parameters for parameters, _ in sent.values()])]
    for _, held_back in sent.values():
        found += (_held_back(name, sentence, plan) for name, sentence in held_back.items())
    if plan.design is not Design.SAMPLE and (merged := count_cells(plan) - len(built)):
        found.append(f"{merged:,} of the combinations send what another one sends: each request is made once.")
    return tuple(dict.fromkeys(found))


def connection_named(name: str, connection_of: Connections) -> Connection:
    """The connection with that very name. Raises FieldProblem("model") if it is not there."""
    connection = connection_of(name)
    if connection.name != name:
        raise FieldProblem(MODEL, f"The connection {name} is not there: choose another one for this model.")
    return connection


def _sent(settings: Settings, connection_of: Connections) -> tuple[Parameters, dict[str, str]]:
    connection = connection_named(settings.connection, connection_of)
    able: Capabilities = capabilities(settings.model, connection.base_url, connection.built_in)
    return effective(settings.parameters, able)


def _alike(plan: Plan, sent: Sequence[Parameters]) -> Iterator[str]:
    if plan.repetitions == 1:
        return
    if any(parameters.seed is not None for parameters in sent):
        yield (
            f"A fixed seed makes repetitions alike: the {plan.repetitions} of a cell may tell no more than one. "
            "Leave the seed unset to see what chance does."
        )
    if any(parameters.temperature == 0 for parameters in sent):
        yield f"At temperature 0 replies hardly differ: the {plan.repetitions} of a cell may tell no more than one."


def _held_back(name: str, sentence: str, plan: Plan) -> str:
    varied = any(factor.name == name for factor in plan.factors)
    return f"{sentence} So some values of {name.replace('_', ' ')} will be sent alike there." if varied else sentence
