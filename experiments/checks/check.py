"""What every check is and says."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from experiments.templates import Row
from llm.models.tokens import Tokenizer

_SHOWN = 60  # characters of a text within a sentence


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a reply passed, how nearly (0 to 1, where that can be measured), and why in a few words."""

    passed: bool
    score: float | None
    why: str


class Check(Protocol):
    """A frozen value that judges replies. Whatever a reply says, a check ends soon and raises nothing."""

    kind: ClassVar[str]  # how it is stored
    title: ClassVar[str]  # how it is chosen, after "the reply"

    @property
    def words(self) -> str:
        """What it wants of a reply, with its settings and whole texts, after "the reply"."""
        ...

    @property
    def templates(self) -> tuple[str, ...]:
        """Its texts that may have variables."""
        ...

    def refuse_faulty(self) -> None:
        """Raise FieldProblem, its field the check's, if it cannot be used."""
        ...

    def passes(self, text: str, row: Row, tokenizer: Tokenizer) -> CheckResult:
        """Judge the text of a reply to the prompt that this row filled, by the tokenizer of the model that wrote it."""
        ...


def quoted(text: str) -> str:
    """A text within a sentence, cut where it is long."""
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
