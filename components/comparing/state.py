"""What the Compare page of one tab shows."""

from dataclasses import dataclass, field

from llm.types import Settings

LISTED = 10  # earlier comparisons at first


@dataclass(frozen=True)
class Source:
    """The end of a chat that a new comparison begins with: its newest message, and how many lead to it."""

    message_id: int
    messages: int
    title: str


@dataclass
class Comparing:
    """What is open: a stored comparison, or a new one with its columns."""

    comparison_id: str | None = None  # None: a new one
    columns: tuple[Settings, ...] = ()
    repetitions: int = 1
    blind: bool = False
    source: Source | None = None
    repetition: int = 0  # the one that is shown
    differing: tuple[int, int] = (0, 1)  # the places of the columns whose replies are compared word by word
    problems: dict[str, str] = field(default_factory=dict)  # what is wrong in a column, a sentence by field
    live: set[int] = field(default_factory=set)  # the places of the columns that are drawn while they stream
    listed: int = LISTED
    closed: set[str] = field(default_factory=set)  # comparisons deleted here while they were open

    def open(self, comparison_id: str | None) -> None:
        """Show a stored comparison, or the new one."""
        if comparison_id != self.comparison_id:
            self.repetition, self.differing, self.live = 0, (0, 1), set()
        self.comparison_id, self.problems = comparison_id, {}

    def begin(self, columns: tuple[Settings, ...] = (), source: Source | None = None) -> None:
        """Show a new comparison with these columns; none: two of the chat's settings."""
        self.open(None)
        self.columns, self.source = columns, source
