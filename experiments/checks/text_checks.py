"""Checks of a reply's text against a reference, which may have variables."""

import re
from dataclasses import dataclass
from typing import ClassVar

from experiments.checks.check import CheckResult, quoted
from experiments.checks.patterns import MOST_SECONDS, compiled, found
from experiments.field_problem import FieldProblem
from experiments.templates import Row, fill, variables
from llm.models.tokens import Tokenizer

_NO_REFERENCE = CheckResult(False, None, "This row has no text to compare with.")


@dataclass(frozen=True, slots=True)
class Contains:
    """The reply has the text in it."""

    text: str
    ignore_case: bool = False
    wanted: ClassVar[bool] = True
    kind: ClassVar[str] = "contains"
    title: ClassVar[str] = "contains a text"

    @property
    def words(self) -> str:
        verb = "contains" if self.wanted else "does not contain"
        return f"{verb} “{self.text}”{', in upper or lower case' if self.ignore_case else ''}"

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.text,)

    def refuse_faulty(self) -> None:
        _refuse_empty("text", self.text, f"Type the text that replies should {'' if self.wanted else 'not '}contain.")

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        part = fill(self.text, row)
        if not part:
            return _NO_REFERENCE
        contained = part.casefold() in text.casefold() if self.ignore_case else part in text
        said = f"{'Contains' if contained else 'Does not contain'} {quoted(part)}."
        return CheckResult(contained is self.wanted, None, said)


@dataclass(frozen=True, slots=True)
class NotContains(Contains):
    """The reply does not have the text in it."""

    wanted: ClassVar[bool] = False
    kind: ClassVar[str] = "not contains"
    title: ClassVar[str] = "does not contain a text"


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression matches somewhere in the reply; the values of variables in it stand for themselves."""

    pattern: str
    kind: ClassVar[str] = "matches"
    title: ClassVar[str] = "matches a regular expression"

    @property
    def words(self) -> str:
        return f"matches the regular expression “{self.pattern}”"

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.pattern,)

    def refuse_faulty(self) -> None:
        _refuse_empty("pattern", self.pattern, "Type the regular expression that replies should match.")
        try:
            compiled(fill(self.pattern, dict.fromkeys(variables(self.pattern), "x")))
        except ValueError as error:
            raise FieldProblem("pattern", f"This is no regular expression: {error}.") from None

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        pattern = fill(self.pattern, {name: re.escape(value) for name, value in row.items()})
        try:
            passed = found(pattern, text)
        except TimeoutError:
            return CheckResult(False, None, f"{quoted(pattern)} was not done in {MOST_SECONDS:g} s.")
        return CheckResult(passed, None, f"{'Matches' if passed else 'Does not match'} {quoted(pattern)}.")


@dataclass(frozen=True, slots=True)
class Equals:
    """The reply is the text; with `any_space`, whatever white space stands between the words and around them."""

    text: str
    any_space: bool = True
    kind: ClassVar[str] = "equals"
    title: ClassVar[str] = "equals a text"

    @property
    def words(self) -> str:
        return f"equals “{self.text}”{', whatever white space is in it' if self.any_space else ''}"

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.text,)

    def refuse_faulty(self) -> None:
        _refuse_empty("text", self.text, "Type the text that replies should equal.")

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        wanted = fill(self.text, row)
        passed = text.split() == wanted.split() if self.any_space else text == wanted
        return CheckResult(passed, None, f"{'Equals' if passed else 'Does not equal'} {quoted(wanted)}.")


@dataclass(frozen=True, slots=True)
class Similar:
    """The reply is like a reference: rapidfuzz's ratio, twice the characters in common by those of both, 0 to 1."""

    reference: str
    at_least: float = 0.8
    kind: ClassVar[str] = "similar"
    title: ClassVar[str] = "is similar to a reference"

    @property
    def words(self) -> str:
        return f"is at least {self.at_least:g} like “{self.reference}”"

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.reference,)

    def refuse_faulty(self) -> None:
        _refuse_empty("reference", self.reference, "Type the text that replies should be like.")
        if not 0 < self.at_least <= 1:
            raise FieldProblem("at_least", "Choose a similarity above 0 and at most 1.")

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        from rapidfuzz.fuzz import ratio

        reference = fill(self.reference, row)
        if not reference:
            return _NO_REFERENCE
        score = ratio(text, reference) / 100
        passed = score >= self.at_least
        return CheckResult(passed, score, f"{score:.2f} like {quoted(reference)}, {self.at_least:g} wanted.")


def _refuse_empty(field: str, text: str, sentence: str) -> None:
    if not text.strip():
        raise FieldProblem(field, sentence)
