"""What came in with a file and what did not."""

from collections import Counter
from dataclasses import dataclass, field

from llm.words import counted
from storage.exchange.schema import MESSAGES, Record, rows

NAMED = 3  # conversations that are named of each kind of thing that was left out


@dataclass
class Summary:
    """Counts of what is in a file and of what became of it; titles are somebody's text."""

    conversations: int = 0  # that came in
    messages: int = 0
    branches: int = 0
    known: int = 0  # conversations that were here already
    empty: int = 0  # conversations in which nothing was said
    left_out: Counter[str] = field(default_factory=Counter)  # by the kind of thing
    titles: dict[str, list[str]] = field(default_factory=dict)  # of the first conversations of each kind

    def add(self, record: Record) -> None:
        """A conversation came in."""
        messages = rows(record, MESSAGES)
        followed = {message["parent_id"] for message in messages}
        self.conversations += 1
        self.messages += len(messages)
        self.branches += sum(message["id"] not in followed for message in messages)

    def miss(self, title: str, left_out: Counter[str]) -> None:
        """Something of a conversation did not come in."""
        self.left_out.update(left_out)
        for thing in +left_out:
            named = self.titles.setdefault(thing, [])
            if len(named) <= NAMED:  # one more, to know that there are more
                named.append(title)

    @property
    def came(self) -> str:
        """What came in, in words."""
        if not self.conversations:
            return "Nothing new came in."
        branches = counted(self.branches, "branch", "branches")
        return (
            f"{counted(self.conversations, 'conversation')} came in, with {counted(self.messages, 'message')} in "
            f"{branches}."
        )

    @property
    def stayed(self) -> list[str]:
        """What did not come in, and why, a sentence each, without titles."""
        lines = []
        if self.known:
            lines.append(f"{counted(self.known, 'conversation')} {_were(self.known)} here already.")
        if self.empty:
            lines.append(f"{counted(self.empty, 'conversation')} {_were(self.empty)} empty: nothing was said there.")
        return lines


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
