"""What a presentation shows in one tab."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A reply that was asked for while presenting: its id and its message's."""

    reply_id: str
    message_id: int


@dataclass
class Showing:
    """Where a presentation stands, and which recorded reply plays, there or in the chat."""

    at: int = 1  # counted from 1
    named: str = ""  # the place that the address named when it was followed last
    revealed: bool = False  # the reply of this place
    asked: Asked | None = None  # at this place
    word: str = ""  # what there is to say of this place
    playback: str = ""  # the id of what plays
    pace: float = 1.0  # how many times as fast as it came

    def go(self, at: int) -> None:
        """Stand at another place, where nothing has been revealed."""
        self.at, self.revealed, self.asked, self.word = at, False, None, ""
