"""What the user does on the Compare page with a comparison: begin it, go on with it, judge it."""

from components.comparing.ask_all import COMPOSER
from components.comparing.state import LISTED, Source
from components.session import WHOLE, Parts, cell_part, keep_typed
from experiments.comparing.comparison import Setup
from experiments.field_problem import FieldProblem
from llm.types import PlaygroundError
from storage.errors import ComparisonGone
from storage.experiments.records import StoredComparison
from tabs.chat.open_chat import BUSY
from tabs.comparing.open_comparison import OpenComparison
from tabs.comparing.shown_comparison import ShownComparison
from tabs.noticed import Actions, noticed


class ComparisonActions(Actions[OpenComparison]):
    """The callbacks of the composer, of the replies and of the list."""

    @noticed
    def send(self, prompt: str) -> Parts:
        """Ask all columns; if that cannot be, the prompt stays in the composer and the page says why, and where."""
        self.opened.state.problems, self.tab.notice = {}, ""
        try:
            if self.opened.state.comparison_id:
                self.app.comparisons.follow_up(self.opened.state.comparison_id, prompt)
            else:
                source = self.opened.state.source.message_id if self.opened.state.source else None
                setup = Setup(self.opened.columns, self.opened.state.repetitions, self.opened.state.blind)
                self.opened.open(self.app.comparisons.begin(setup, prompt, source))
        except FieldProblem as problem:
            keep_typed(prompt, COMPOSER)
            self.opened.state.problems = {problem.field: str(problem)}
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
        return tuple(cell_part(place) for place in sorted(self.opened.state.live - streaming))

    @noticed
    def show_repetition(self, repetition: int) -> Parts:
        self.opened.state.repetition = repetition
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
        self.opened.state.differing = places

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
        self.opened.state.begin(stored.columns)
        self.opened.state.repetitions, self.opened.state.blind = stored.repetitions, stored.blind
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
        self.opened.state.begin(source=source)
        self.tab.notice = ""
        self.tab.wanted = "compare"
        return WHOLE

    @noticed
    def open(self, comparison_id: str | None) -> Parts:
        """Show a comparison of before, or begin a new one."""
        if comparison_id is None:
            self.opened.state.begin()
        self.opened.open(comparison_id)
        return WHOLE

    @noticed
    def rename(self, comparison_id: str, title: str) -> None:
        self.app.directory.refuse_keys("this title", title)
        self.app.store.comparisons.rename(comparison_id, title)

    @noticed
    def delete(self, comparison_id: str) -> Parts:
        self.app.delete_comparison(comparison_id)
        if comparison_id == self.opened.state.comparison_id:
            self.opened.state.closed.add(comparison_id)
            self.opened.open(None)
        return WHOLE

    @noticed
    def restore(self, comparison_id: str) -> Parts:
        """Take a deletion back; what was open when this tab deleted it is open again."""
        self.app.store.comparisons.restore(comparison_id)
        if comparison_id in self.opened.state.closed:
            self.opened.state.closed.remove(comparison_id)
            self.opened.open(comparison_id)
        return WHOLE

    def list_more(self) -> None:
        self.opened.state.listed += LISTED

    def _shown(self) -> ShownComparison:
        if shown := self.opened.shown:
            return shown
        raise ComparisonGone  # another tab has deleted it
