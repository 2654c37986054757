"""Which part of the open branch is drawn: its end, or what lies about a message that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

NEWEST = 40  # messages that are drawn at first
GROWING = 20  # messages by which those drawn may grow before the first of them are left out
MOST = 200  # messages that are drawn when one reads on and on


@dataclass
class Window:
    """Some messages in a row; they end with the newest one, or with the message `end`."""

    drawn: int = NEWEST  # at least, where there are so many
    first: int | None = None  # the message drawn first
    end: int | None = None

    def place_of_first(self, newest: Sequence[int]) -> int:
        """The place of the message drawn first among these, the last `drawn` + GROWING: the one that was, as long as
        it is among them, so that the others keep their places on the page and only what is new has to be drawn."""
        latest = max(0, len(newest) - self.drawn)
        place = min(latest, newest.index(self.first)) if self.first in newest else latest
        self.first = newest[place] if newest else None
        return place

    def show_earlier(self) -> None:
        self.drawn, self.first = self.drawn + NEWEST, None

    def show_later(self, after: Sequence[int]) -> None:
        """Go on by some of the messages that come after `end`."""
        shown = after[:NEWEST]
        self.drawn, self.first = min(MOST, self.drawn + len(shown)), None
        self.end = shown[-1] if len(shown) < len(after) else None

    def show(self, after: Sequence[int]) -> None:
        """Stand about a message of the open branch, which so many others come after."""
        self.first = None
        if len(after) <= NEWEST:
            self.drawn, self.end = max(NEWEST, len(after) + NEWEST // 2), None
        else:
            self.drawn, self.end = NEWEST, after[NEWEST // 2]

    def show_end(self) -> None:
        if self.end is not None:
            self.drawn, self.first, self.end = NEWEST, None, None
