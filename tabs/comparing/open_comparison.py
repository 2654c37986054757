"""The comparison that is open in a tab: what the page shows of it."""

from dataclasses import dataclass
from datetime import timedelta

from components.comparing.cell import Cell
from components.comparing.editor import EditedColumn
from components.comparing.state import Comparing
from components.session import Session, addressed, look_at, name_in_address
from experiments.comparing.blind import pairwise
from experiments.comparing.comparison import differing
from experiments.comparing.names import column_names, numbered
from experiments.reading.votes import WinRate, win_rates
from llm.types import Settings
from services import UNDO, Services
from storage.experiments.records import ListedComparison, StoredComparison
from storage.records import Deleted
from tabs.chat.open_chat import OpenChat
from tabs.comparing.shown_comparison import ShownComparison

PAGE, ADDRESS = "compare", "id"
GONE = "This comparison is not here: it was deleted, or the address is wrong."


@dataclass(frozen=True)
class OpenComparison:
    """The open comparison of one tab. Its columns are named by their places, which a blind one shuffles."""

    chat: OpenChat

    @property
    def app(self) -> Services:
        return self.chat.app

    @property
    def tab(self) -> Session:
        return self.chat.tab

    @property
    def state(self) -> Comparing:
        return self.tab.comparing

    def follow_address(self) -> None:
        """Open what the address names; coming from another page, what was open still is."""
        if self.tab.enter(PAGE) and not addressed(ADDRESS):
            name_in_address(self.state.comparison_id, ADDRESS)
        name_in_address(None)  # a chat's name comes along when one goes back from it
        wanted = addressed(ADDRESS)
        if wanted != self.state.comparison_id or (wanted and not self.app.store.comparisons.get(wanted)):
            self.open(wanted)
        look_at("comparison" if self.state.comparison_id else "columns")

    def open(self, comparison_id: str | None) -> None:
        """Show a stored comparison, or a new one."""
        found = comparison_id is not None and self.app.store.comparisons.get(comparison_id) is not None
        self.state.open(comparison_id if found else None)
        name_in_address(self.state.comparison_id, ADDRESS)
        self.tab.notice = GONE if comparison_id and not found else ""

    @property
    def stored(self) -> StoredComparison | None:
        return self.app.store.comparisons.get(self.state.comparison_id) if self.state.comparison_id else None

    @property
    def shown(self) -> ShownComparison | None:
        """The stored comparison as it is shown, read anew."""
        return ShownComparison(self.app, stored, self.state.repetition) if (stored := self.stored) else None

    @property
    def columns(self) -> tuple[Settings, ...]:
        """The columns of a new comparison; at first the chat's settings, twice."""
        return self.state.columns or (self.tab.settings, self.tab.settings)

    def edited(self) -> list[EditedColumn]:
        """The columns of a new comparison, with what can be chosen in them."""
        columns, directory = self.columns, self.app.directory
        titles = numbered(column_names(differing(columns)))
        edited = []
        for number, settings in enumerate(columns):
            connection = directory.get(settings.connection)
            listing = directory.listing(connection, 0)
            edited.append(EditedColumn(settings, connection, listing, ", ".join(titles[number])))
        return edited

    def cell(self, shown: ShownComparison, turn: int, place: int) -> Cell | None:
        """A reply, as it is now if it is drawn alone; None if it can no longer be drawn there.

        Noted is whether it is drawn while it streams, for its end is to be drawn too.
        """
        cell = self._read(shown, turn, place)
        if cell and cell.newest:
            (self.state.live.add if cell.live else self.state.live.discard)(place)
        return cell

    def newest(self, shown: ShownComparison) -> list[Cell] | None:
        """The newest replies by place, as they are now if they are judged alone; None as for `cell`."""
        last = len(shown.prompts) - 1
        found = [self._read(shown, last, place) for place in range(len(shown.order)) if shown.prompts]
        return None if None in found else found

    def _read(self, shown: ShownComparison, turn: int, place: int) -> Cell | None:
        """What one run of the page has read, or, once all of it was drawn, what has become of that."""
        read = shown.cells[place]
        if turn >= len(read):
            return None  # it was deleted while it was read
        return shown.now(place) if self.tab.whole and read[turn].newest else read[turn]

    def earlier(self) -> tuple[list[ListedComparison], bool]:
        """The comparisons that are listed, and whether there are older ones."""
        found = self.app.store.comparisons.recent(self.state.listed + 1)
        return found[: self.state.listed], len(found) > self.state.listed

    def deleted(self) -> list[Deleted]:
        """What was deleted a moment ago."""
        return self.app.store.comparisons.recently_deleted(timedelta(seconds=UNDO))

    def win_rates(self) -> list[WinRate]:
        """How each setting did, over all votes on comparisons that are revealed."""
        return win_rates(pairwise(self.app.store.votes.revealed()))
