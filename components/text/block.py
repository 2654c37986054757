"""One block of Markdown on its way through: what has been written of it, and where its marks come next."""

import re
from dataclasses import dataclass, field

_URL_END = re.compile(r"[\s<`$\[\]\\:~]")


def apart(text: str) -> str:
    """`text` in an element of its own without any style: Streamlit's emoji, icons and arrows, which it finds after
    escapes are gone, are not found across elements."""
    return f":color[{text}]{{}}"


@dataclass(slots=True)
class Block:
    """A block on its way through."""

    text: str
    out: list[str] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)  # where an open one stands: in `out`, in `text`
    ticks: dict[int, list[int]] = field(default_factory=dict)  # where backtick runs of a length begin, last one first
    found: dict[str, int] = field(default_factory=dict)  # the last place where a closing mark was found

    def __post_init__(self) -> None:
        for run in reversed(list(re.finditer("`+", self.text))):
            self.ticks.setdefault(len(run[0]), []).append(run.start())

    def closing_ticks(self, length: int, position: int) -> int:
        """Where the next run of exactly this many backticks begins; -1 if there is none."""
        starts = self.ticks.get(length, [])
        while starts and starts[-1] < position:
            starts.pop()
        return starts[-1] if starts else -1

    def next_mark(self, mark: str, position: int) -> int:
        """Where a mark comes next, -1 if never; asked with growing positions, each part of the text is read once."""
        if (last := self.found.get(mark, 0)) >= 0 and last <= position:
            self.found[mark] = self.text.find(mark, position)
        return self.found[mark]

    def url_end(self, position: int) -> int:
        """Where a URL that the page finds by itself may end, or meets what is not meant to be part of it."""
        if self.found.get("", -1) < position:
            match = _URL_END.search(self.text, position)
            self.found[""] = match.start() if match else len(self.text)
        return self.found[""]
