"""What a tab remembers of the outline that is open."""

from dataclasses import dataclass, field


@dataclass
class Outlined:
    """The page of lines that is shown, None for the one with the end of the open branch, and which folds are open."""

    page: int | None = None
    unfolded: set[int] = field(default_factory=set)
