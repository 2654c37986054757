"""A check of how long a reply is."""

from dataclasses import dataclass
from typing import ClassVar

from experiments.checks.check import CheckResult
from experiments.field_problem import FieldProblem
from experiments.templates import Row
from llm.models.tokens import Tokenizer
from llm.words import counted

UNITS = ("characters", "tokens")


@dataclass(frozen=True, slots=True)
class Length:
    """The reply's text has at least and at most so many characters, or tokens as the model that wrote it counts."""

    at_least: int | None = None
    at_most: int | None = None
    unit: str = "characters"
    kind: ClassVar[str] = "length"
    title: ClassVar[str] = "has a length"

    @property
    def words(self) -> str:
        return f"has {self._wanted} {self.unit}"

    @property
    def templates(self) -> tuple[str, ...]:
        return ()

    def refuse_faulty(self) -> None:
        if self.unit not in UNITS:
            raise FieldProblem("unit", f"Choose {' or '.join(UNITS)}.")
        if self.at_least is None and self.at_most is None:
            raise FieldProblem("at_most", "Choose how long replies should be at least, at most, or both.")
        if min(self.at_least or 0, self.at_most or 0) < 0:
            raise FieldProblem("at_least", "Choose lengths of 0 or more.")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise FieldProblem("at_most", "Choose a greatest length that is not below the least.")

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        length = tokenizer.count(text) if self.unit == "tokens" else len(text)
        passed = (self.at_least or 0) <= length and (self.at_most is None or length <= self.at_most)
        said = counted(length, self.unit.removesuffix("s"))
        return CheckResult(passed, None, f"{said}, {self._wanted} wanted.")

    @property
    def _wanted(self) -> str:
        limits = {"at least": self.at_least, "at most": self.at_most}
        return " and ".join(f"{words} {limit:,}" for words, limit in limits.items() if limit is not None)
