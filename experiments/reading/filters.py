"""Which runs are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from experiments.factors import Level
from experiments.reading.results import Result
from llm.types import Status


class Checked(StrEnum):
    """What the checks say of a reply."""

    PASSED = "all passed"
    FAILED = "some failed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a run must be like to be shown; what is empty filters nothing."""

    levels: Mapping[str, Collection[Level]] = field(default_factory=dict)  # by factor
    prompts: Collection[str] = ()  # as observations name them
    statuses: Collection[Status] = ()
    checked: Checked | None = None
    text: str = ""  # somewhere in the reply, whatever the case

    def apply(self, rows: Sequence[Result]) -> list[Result]:
        """The rows that are like this, in their order."""
        text = self.text.casefold()
        return [row for row in rows if self._takes(row) and (not text or text in row.text.casefold())]

    def _takes(self, row: Result) -> bool:
        return (
            all(row.cell.levels[name] in wanted for name, wanted in self.levels.items() if wanted)
            and (not self.prompts or row.observation.prompt in self.prompts)
            and (not self.statuses or row.run.status in self.statuses)
            and (self.checked is None or (bool(row.checks) and self.checked is _checked(row)))
        )


def _checked(row: Result) -> Checked:
    return Checked.PASSED if all(check.passed for check in row.checks) else Checked.FAILED
