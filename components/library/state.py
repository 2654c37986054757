"""What a tab shows of the library."""

from dataclasses import dataclass, field
from datetime import date

from storage.records import Thumb
from storage.search.search import Place


@dataclass
class Browsing:
    """What is looked for, which page of it is shown, and what is chosen."""

    typed: str = ""
    model: str | None = None
    thumb: Thumb | None = None
    days: tuple[date, ...] = ()  # from the first one to the last one
    tag: str | None = None
    archived: bool | None = None
    before: list[Place | int] = field(default_factory=list)  # the place before each page but the first, up to this one
    chosen: set[str] = field(default_factory=set)  # ids of conversations

    def look_for(self, **changes: object) -> None:
        """Look for something else, from its first page on; what was chosen is not any more."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.before.clear()
        self.chosen.clear()
