"""A stored comparison as the page shows it: its columns by their places, one repetition at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from components.comparing.cell import Cell, ColumnName
from components.comparing.judging import Judged
from components.comparing.voting import Cast
from experiments.comparing.blind import NAMES, shown_order
from experiments.comparing.comparison import differing, shared
from experiments.comparing.exchanges import Exchange, copied, exchanges
from experiments.comparing.names import column_names, numbered, shared_line
from llm.replies.live import LiveReply
from services import Services
from storage.experiments.records import StoredComparison
from storage.records import StoredMessage

Said = tuple[Sequence[StoredMessage], LiveReply | None]  # the messages of a column, and the reply that streams there


@dataclass(frozen=True)
class ShownComparison:
    """A stored comparison as one run of the page draws it, one repetition at a time.

    Each column is read once; afterwards only the newest reply can change, and `now` tells how it stands.
    """

    app: Services
    stored: StoredComparison
    repetition: int

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The column at each place."""
        return shown_order(self.stored, self.repetition)

    @cached_property
    def names(self) -> list[ColumnName]:
        """What stands above each place."""
        hidden, blind = self.stored.hidden, self.stored.blind
        names = column_names(differing(self.stored.columns))
        settings = [()] * len(names) if hidden else names if blind else numbered(names)
        return [
            ColumnName(place, settings[column], NAMES[place] if blind else "", hidden)
            for place, column in enumerate(self.order)
        ]

    def conversation(self, place: int) -> str:
        return self.stored.conversations[self.order[place]][self.repetition]

    def live(self, place: int) -> LiveReply | None:
        return self.app.turns.live_in(self.conversation(place))

    @cached_property
    def cells(self) -> list[list[Cell]]:
        """The replies of all columns, by place and turn."""
        return [
            [self._cell(place, turn, each.reply, live) for turn, each in enumerate(asked)]
            for place, (asked, (_, live)) in enumerate(zip(self._exchanges, self._said, strict=True))
        ]

    def now(self, place: int) -> Cell | None:
        """The newest reply of a column as it is now; None if the comparison was deleted meanwhile, or goes on."""
        said, live = self._read(place, 2)
        asked = self._exchanges[place]
        if not said or not asked or said[0].id != asked[-1].prompt.id:
            return None
        return self._cell(place, len(asked) - 1, said[-1], live)

    @property
    def begun_with(self) -> Sequence[StoredMessage]:
        """What every column began with: messages of a chat."""
        return copied(self._said[0][0])

    @cached_property
    def prompts(self) -> list[str]:
        """What all columns were asked."""
        return [each.prompt.text for each in self._exchanges[0]]

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

    def judged(self, newest: Sequence[Cell], places: tuple[int, int]) -> Judged | None:
        """These replies for a vote, and for the differences between two; None while one of them streams."""
        if not newest or any(cell.live for cell in newest):
            return None
        turn = newest[0].turn
        votes = self.app.store.votes.of(self.stored.id)
        here = {vote.repetition: vote.verdict for vote in votes if vote.turn == turn}
        cast = Cast(here.get(self.repetition), len(here), self.stored.repetitions, bool(votes))
        texts = [cell.message.text if cell.message else "" for cell in newest]
        return Judged(turn, self.names, texts, cast, places)

    @cached_property
    def _said(self) -> list[Said]:
        return [self._read(place) for place in range(len(self.order))]

    @cached_property
    def _exchanges(self) -> list[list[Exchange]]:
        return [exchanges(said) for said, _ in self._said]

    def _read(self, place: int, newest: int | None = None) -> Said:
        live = self.live(place)
        said = self.app.store.messages.path(self.conversation(place), newest)
        return said, live or self.live(place)  # once more: another tab may have begun one in between

    def _cell(self, place: int, turn: int, reply: StoredMessage | None, live: LiveReply | None) -> Cell:
        newest = turn == len(self._exchanges[place]) - 1
        return Cell(turn, self.names[place], reply, live if newest else None, newest)
