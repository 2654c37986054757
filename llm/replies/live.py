"""A reply while it arrives: one thread fills it, any number of pages observe it."""

import threading
import time
from dataclasses import dataclass, field

from llm.replies.observed import Observed
from llm.types import Cost, Timing, Usage

SHORTEST_SPEED_SPAN = 0.05  # seconds; over less a speed is noise


class GrowingText:
    """A text that only grows; adding is cheap however long it is, and any thread may read."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._lock = threading.Lock()
        self.length = 0  # in code points

    def add(self, piece: str) -> None:
        with self._lock:
            self._pieces.append(piece)
            self.length += len(piece)

    def __str__(self) -> str:
        with self._lock:
            if len(self._pieces) > 1:
                self._pieces = ["".join(self._pieces)]
            return self._pieces[0] if self._pieces else ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The meters of one reply at one moment; `reported` says that the server itself counted the tokens."""

    usage: Usage
    cost: Cost
    reported: bool = False
    first_token: float | None = None  # seconds
    tokens_per_second: float | None = None


@dataclass
class Arrival:
    """The clock of a reply: seconds since its request left, one entry for each chunk that brought text."""

    started: float = field(default_factory=time.monotonic)
    times: list[float] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def mark(self, length: int) -> None:
        self.times.append(self.elapsed())
        self.ends.append(length)

    @property
    def first(self) -> float | None:
        return self.times[0] if self.times else None

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def timing(self) -> Timing:
        return Timing(self.first, self.elapsed(), tuple(round(t, 4) for t in self.times), tuple(self.ends))


def tokens_per_second(output_tokens: int, first_token: float | None, duration: float | None) -> float | None:
    """Generation speed: output tokens over the seconds from the first text to the end; None if too short to say."""
    if first_token is None or duration is None or duration - first_token < SHORTEST_SPEED_SPAN:
        return None
    return output_tokens / (duration - first_token)


class LiveReply(Observed):
    """One reply of this server from the moment its prompt is stored until its end is committed.

    `text` is its message's; of a continuation that begins with what stood there before, `text_start` code points.
    One that is `aside` streams beside the open branch of its conversation, which goes on without waiting for it.
    """

    def __init__(
        self, reply_id: str, conversation_id: str, message_id: int, text: str = "", aside: bool = False
    ) -> None:
        super().__init__()
        self.id = reply_id
        self.conversation_id = conversation_id
        self.message_id = message_id
        self.aside = aside
        self.live = True
        self.notice = ""
        self.figures: Figures | None = None  # nothing is known until the request is prepared
        self.context_window: int | None = None  # tokens; known once the request is prepared
        self._text, self._reasoning = GrowingText(), GrowingText()
        self._text.add(text)
        self.text_start = len(text)

    @property
    def text(self) -> str:
        return str(self._text)

    @property
    def reasoning(self) -> str:
        return str(self._reasoning)

    @property
    def length(self) -> int:
        """Code points that have arrived, reasoning included."""
        return self._text.length - self.text_start + self._reasoning.length

    def add(self, text: str, reasoning: str) -> None:
        """Append what one chunk brought."""
        if reasoning:
            self._reasoning.add(reasoning)
        if text:
            self._text.add(text)
        self.notice = ""
        self.wake()

    def wait_for_text(self, seconds: float) -> None:
        """Block until something has arrived or nothing more will, `seconds` at most; not on the runner's loop."""
        until = time.monotonic() + seconds
        while self.live and not self.length and time.monotonic() < until:
            time.sleep(0.002)

    def say(self, notice: str) -> None:
        """Set the line that stands in the reply's place while nothing has arrived."""
        self.notice = notice
        self.wake()

    def end(self) -> None:
        """Nothing more will come, and what came is committed."""
        self.live = False
        self.wake()
