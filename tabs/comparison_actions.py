"""What the user does on the Compare page with a comparison: begin it, go on with it, judge it."""

from dataclasses import dataclass

from components.comparing.ask_all import COMPOSER
from components.comparing.state import LISTED, Comparing, Source
from components.session import WHOLE, Parts, Session, cell_part, keep_typed
from experiments.comparing.comparison import Setup
from experiments.field_problem import FieldProblem
from llm.types import PlaygroundError
from services import Services
from storage.errors import ComparisonGone
from storage.records import StoredComparison
from tabs.noticed import noticed
from tabs.open_chat import BUSY
from tabs.open_comparison import OpenComparison
from tabs.shown_comparison import ShownComparison


@dataclass(frozen=True)
class ComparisonActions:
    """The callbacks of the composer, of the replies and of the list."""

    opened: OpenComparison

    @property
    def app(self) -> Services:
        return self.opened.app

    @property
    def tab(self) -> Session:
        return self.opened.tab

    @property
    def state(self) -> Comparing:
        return self.opened.state

    @noticed
    def send(self, prompt: str) -> Parts:
        """Ask all columns; if that cannot be, the prompt stays in the composer and the page says why, and where."""
        self.state.problems, self.tab.notice = {}, ""
        try:
            if self.state.comparison_id:
                self.app.comparisons.follow_up(self.state.comparison_id, prompt)
            else:
                source = self.state.source.message_id if self.state.source else None
                setup = Setup(self.opened.columns, self.state.repetitions, self.state.blind)
                self.opened.open(self.app.comparisons.begin(setup, prompt, source))
        except FieldProblem as problem:
            keep_typed(prompt, COMPOSER)
            self.state.problems = {problem.field: str(problem)}
        except PlaygroundError:
            keep_typed(prompt, COMPOSER)
            raise
        return WHOLE

    @noticed
    def stop(self, place: int | None = None) -> None:
        """End the reply of one column, or of all."""
        if shown := self.opened.shown:
            self.app.comparisons.stop(shown.stored.id, None if place is None else shown.order[place])

    @noticed
    def retry(self, place: int) -> Parts:
        """Ask a column once more where no whole reply came."""
        shown = self._shown()
        self.app.comparisons.send_to(shown.stored.id, shown.order[place], shown.repetition)
        self.tab.notice = ""
        return WHOLE

    @noticed
    def draw_ended(self) -> Parts:
        """Draw the replies that have ended since they were drawn; with the last of them all that waits for it."""
        shown = self.opened.shown
        if not shown or not (streaming := shown.streaming()):
            if self.tab.notice == BUSY:
                self.tab.notice = ""
            return WHOLE
        return tuple(cell_part(place) for place in sorted(self.state.live - streaming))

    @noticed
    def show_repetition(self, repetition: int) -> Parts:
        self.state.repetition = repetition
        return WHOLE

    @noticed
    def vote(self, turn: int, verdict: str) -> None:
        shown = self._shown()
        self.app.store.votes.cast(shown.stored.id, turn, shown.repetition, verdict)

    @noticed
    def reveal(self) -> Parts:
        self.app.store.comparisons.reveal(self._shown().stored.id)
        return WHOLE

    def choose_two(self, places: tuple[int, int]) -> None:
        self.state.differing = places

    @noticed
    def continue_in_chat(self, place: int) -> Parts:
        """Open a copy of a column's conversation as a chat."""
        shown = self._shown()
        copy = self.app.store.comparisons.copy_to_chat
        self.opened.chat.go_to(copy(shown.conversation(place), shown.stored.title))
        self.tab.wanted = "chat"
        return WHOLE

    @noticed
    def compare_again(self, stored: StoredComparison) -> Parts:
        """A new comparison of the same columns."""
        self.state.begin(stored.columns)
        self.state.repetitions, self.state.blind = stored.repetitions, stored.blind
        self.opened.open(None)
        return WHOLE

    @noticed
    def compare_from_here(self) -> Parts:
        """A new comparison that begins with the open chat, as far as it has come in whole turns."""
        chat = self.opened.chat
        path = self.app.store.messages.path(self.tab.conversation_id) if self.tab.conversation_id else []
        live = chat.live
        whole = [m for m in path if m.role == "assistant" and m.text and not (live and live.message_id == m.id)]
        source = None
        if whole:
            title = self.app.store.conversations.get(self.tab.conversation_id).title
            source = Source(whole[-1].id, path.index(whole[-1]) + 1, title)
        self.state.begin(source=source)
        self.tab.notice = ""
        self.tab.wanted = "compare"
        return WHOLE

    @noticed
    def open(self, comparison_id: str | None) -> Parts:
        """Show a comparison of before, or begin a new one."""
        if comparison_id is None:
            self.state.begin()
        self.opened.open(comparison_id)
        return WHOLE

    @noticed
    def rename(self, comparison_id: str, title: str) -> None:
        self.app.directory.refuse_keys("this title", title)
        self.app.store.comparisons.rename(comparison_id, title)

    @noticed
    def delete(self, comparison_id: str) -> Parts:
        self.app.delete_comparison(comparison_id)
        if comparison_id == self.state.comparison_id:
            self.state.closed.add(comparison_id)
            self.opened.open(None)
        return WHOLE

    @noticed
    def restore(self, comparison_id: str) -> Parts:
        """Take a deletion back; what was open when this tab deleted it is open again."""
        self.app.store.comparisons.restore(comparison_id)
        if comparison_id in self.state.closed:
            self.state.closed.remove(comparison_id)
            self.opened.open(comparison_id)
        return WHOLE

    def list_more(self) -> None:
        self.state.listed += LISTED

    def _shown(self) -> ShownComparison:
        if shown := self.opened.shown:
            return shown
        raise ComparisonGone  # another tab has deleted it
