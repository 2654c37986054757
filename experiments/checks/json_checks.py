"""Checks of replies that should be JSON."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from experiments.checks.check import CheckResult, quoted
from experiments.checks.patterns import found
from experiments.field_problem import FieldProblem
from experiments.templates import Row
from llm.models.tokens import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import SchemaError
    from jsonschema.protocols import Validator
    from referencing import Resource
    from referencing._core import Resolver

_TOO_DEEP = "It is nested too deeply."


@dataclass(frozen=True, slots=True)
class ValidJson:
    """The whole reply is one JSON value, with nothing around it."""

    kind: ClassVar[str] = "valid json"
    title: ClassVar[str] = "is valid JSON"

    @property
    def words(self) -> str:
        return self.title

    @property
    def templates(self) -> tuple[str, ...]:
        return ()

    def refuse_faulty(self) -> None:
        """Nothing can be wrong."""

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        try:
            _parsed(text)
        except ValueError as error:
            return CheckResult(False, None, f"Not JSON{_place(error)}.")
        return CheckResult(True, None, "Valid JSON.")


@dataclass(frozen=True, slots=True)
class FitsSchema:
    """The reply is JSON that a JSON schema allows (draft 2020-12 unless the schema names another).

    Nothing is ever fetched: a schema that refers to what is not in it is faulty.
    """

    schema: str  # as JSON
    kind: ClassVar[str] = "fits schema"
    title: ClassVar[str] = "fits a JSON schema"

    @property
    def words(self) -> str:
        return f"fits the JSON schema {self.schema}"

    @property
    def templates(self) -> tuple[str, ...]:
        return ()

    def refuse_faulty(self) -> None:
        try:
            _validator(self.schema)
        except ValueError as error:
            raise FieldProblem("schema", str(error)) from None

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        try:
            value = _parsed(text)
        except ValueError as error:
            return CheckResult(False, None, f"Not JSON{_place(error)}.")
        try:
            error = next(_validator(self.schema).iter_errors(value), None)
        except (RecursionError, TimeoutError, ArithmeticError):
            return CheckResult(False, None, "The schema could not be applied: it has no end, or takes too long.")
        if error is None:
            return CheckResult(True, None, "Fits the schema.")
        return CheckResult(False, None, f"Does not fit the schema at {error.json_path}: {quoted(error.message)}.")


def _parsed(text: str) -> Any:
    """The value of a JSON text. Raises ValueError, as for NaN and Infinity, which Python would read."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(_TOO_DEEP.rstrip(".").lower()) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


@lru_cache(maxsize=64)
def _validator(schema: str) -> "Validator":
    """What applies a schema. Raises ValueError with a sentence if it is faulty."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import Draft202012Validator, extend, validator_for
    from referencing import Registry

    try:
        parsed = _parsed(schema)
    except ValueError as error:
        raise ValueError(f"The schema is not JSON{_place(error)}.") from None
    kind = validator_for(parsed, Draft202012Validator)
    try:
        kind.check_schema(parsed)
        _resolve_all(parsed)
    except SchemaError as error:
        raise ValueError(_wrong(error)) from None
    except RecursionError:
        raise ValueError("The schema is nested too deeply.") from None
    # A registry of its own: the default one would fetch what a schema refers to.
    return extend(kind, {"pattern": _pattern})(parsed, registry=Registry())


def _place(error: ValueError) -> str:
    """Where a text stops being JSON, or what makes it none."""
    if isinstance(error, json.JSONDecodeError):
        return f": something is wrong at line {error.lineno}, character {error.colno}"
    return f": {error}"


def _wrong(error: "SchemaError") -> str:
    """Where a schema is none, and what stands there."""
    where = ".".join(map(str, error.absolute_path)) or "its beginning"
    stands = error.instance if isinstance(error.instance, str) else json.dumps(error.instance, ensure_ascii=False)
    return f"The schema is wrong at {where}: {quoted(stands)} cannot stand there."


def _resolve_all(schema: Any) -> None:
    """Look up all that a schema refers to. Raises ValueError for what is elsewhere, or nowhere."""
    from jsonschema_specifications import REGISTRY
    from referencing.jsonschema import DRAFT202012, specification_with

    dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""
    root = specification_with(dialect, default=DRAFT202012).create_resource(schema)
    _resolve(root, REGISTRY.resolver_with_root(root))


def _resolve(resource: "Resource", resolver: "Resolver") -> None:
    from referencing.exceptions import Unresolvable

    contents = resource.contents if isinstance(resource.contents, dict) else {}
    for reference in (contents[keyword] for keyword in ("$ref", "$dynamicRef") if keyword in contents):
        try:
            resolver.lookup(reference)
        except Unresolvable:
            raise ValueError(f"The schema refers to {reference}, which is not in it: put that under $defs.") from None
    for part in resource.subresources():
        _resolve(part, resolver.in_subresource(part))


def _pattern(validator: "Validator", pattern: str, value: Any, schema: Any) -> "Iterator[Any]":
    """The keyword `pattern`, with a time limit."""
    from jsonschema.exceptions import ValidationError

    if validator.is_type(value, "string") and not found(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")
