"""A stored comparison as the page shows it: its columns by their places, one repetition at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from components.comparing.cell import Cell, ColumnName
from components.comparing.exchanges import copied, exchanges
from components.comparing.judging import Judged
from components.comparing.names import column_names, shared_line
from experiments.comparing.blind import NAMES, shown_order
from experiments.comparing.comparison import differing, shared
from llm.replies.live import LiveReply
from services import Services
from storage.records import StoredComparison, StoredMessage


@dataclass(frozen=True)
class ShownComparison:
    """A stored comparison as one run of the page draws it, one repetition at a time."""

    app: Services
    stored: StoredComparison
    repetition: int

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The column at each place."""
        return shown_order(self.stored)

    @cached_property
    def names(self) -> list[ColumnName]:
        """What stands above each place."""
        hidden, blind = self.stored.hidden, self.stored.blind
        settings = [()] * len(self.order) if hidden else column_names(differing(self.stored.columns))
        return [
            ColumnName(place, settings[column], NAMES[place] if blind else "", hidden)
            for place, column in enumerate(self.order)
        ]

    def conversation(self, place: int) -> str:
        return self.stored.conversations[self.order[place]][self.repetition]

    def said(self, place: int) -> list[StoredMessage]:
        return self.app.store.messages.path(self.conversation(place))

    def live(self, place: int) -> LiveReply | None:
        return self.app.turns.live_in(self.conversation(place))

    def cells(self, place: int) -> list[Cell]:
        """The replies of one column, and the one that streams there."""
        live = self.live(place)
        said = exchanges(self.said(place))
        live = live or self.live(place)
        last = len(said) - 1
        return [
            Cell(turn, self.names[place], each.reply, live if turn == last else None, turn == last)
            for turn, each in enumerate(said)
        ]

    @cached_property
    def past(self) -> list[list[Cell]]:
        """The replies of all columns, as they were when the page was drawn as a whole."""
        return [self.cells(place) for place in range(len(self.order))]

    def cell(self, turn: int, place: int) -> Cell:
        """A reply as it is now, if it can still change."""
        return self.cells(place)[turn] if turn == len(self.prompts) - 1 else self.past[place][turn]

    @cached_property
    def begun_with(self) -> Sequence[StoredMessage]:
        """What every column began with: messages of a chat."""
        return copied(self.said(0))

    @cached_property
    def prompts(self) -> list[str]:
        """What all columns were asked."""
        return [each.prompt.text for each in exchanges(self.said(0))]

    @property
    def alike(self) -> str:
        """What all columns have in common, in words; "" while it is hidden."""
        return "" if self.stored.hidden else shared_line(shared(self.stored.columns))

    def streaming(self) -> set[int]:
        """The places where a reply of this repetition streams."""
        return {place for place in range(len(self.order)) if self.live(place)}

    @property
    def arriving_elsewhere(self) -> int:
        """How many replies of the other repetitions stream."""
        ids = set(chain(*self.stored.conversations)) - {self.conversation(place) for place in range(len(self.order))}
        return sum(self.app.turns.live_in(id_) is not None for id_ in ids)

    def judged(self, places: tuple[int, int]) -> Judged | None:
        """The newest replies for a vote, and for the differences between two; None while one of them streams."""
        if self.streaming() or not self.prompts:
            return None
        newest = [self.cells(place)[-1] for place in range(len(self.order))]
        turn = newest[0].turn
        votes = self.app.store.comparisons.votes(self.stored.id)
        here = (vote.verdict for vote in votes if (vote.turn, vote.repetition) == (turn, self.repetition))
        texts = [cell.message.text if cell.message else "" for cell in newest]
        return Judged(turn, self.names, texts, next(here, None), bool(votes), places)
