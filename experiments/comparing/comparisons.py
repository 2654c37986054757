"""Comparisons: one prompt to several columns at once, each repetition of each with a history of its own."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from experiments.comparing.comparison import Setup, refuse_faulty
from llm.replies.live import LiveReply
from llm.titles import title_from
from llm.turns import Turns, refuse_empty
from llm.types import PlaygroundError, Settings, Status
from storage.experiments.records import StoredComparison
from storage.records import StoredMessage, Turn

Place = tuple[int, int]  # a column and a repetition, counted from 0


class ComparisonStore(Protocol):
    """What comparing needs of the store's comparisons."""

    def create(
        self, title: str, columns: Sequence[Settings], repetitions: int, blind: bool, source: int | None = None
    ) -> StoredComparison: ...
    def get(self, comparison_id: str) -> StoredComparison | None: ...
    def begin_turn(self, comparison_id: str, prompt: str) -> list[tuple[Settings, Turn]]: ...


class MessageStore(Protocol):
    """What comparing needs of the store's messages."""

    def path(self, conversation_id: str, newest: int | None = None) -> list[StoredMessage]: ...


class Comparisons:
    """Sends prompts to the columns of comparisons; any thread may call it. Columns and repetitions count from 0.

    What a prompt cannot be sent for is said before anything is stored or sent. What keeps one column from being
    reached later, such as a budget that the others have used up, is how its reply ends; the others go on.
    """

    def __init__(self, comparisons: ComparisonStore, messages: MessageStore, turns: Turns) -> None:
        self._comparisons, self._messages, self._turns = comparisons, messages, turns

    def begin(self, setup: Setup, prompt: str, source: int | None = None) -> str:
        """Start a comparison, with what was said down to the message `source` of a chat before the prompt; its id.

        Raises FieldProblem for a faulty setup, PlaygroundError for anything else that keeps it from being sent.
        """
        refuse_faulty(setup)
        refuse_empty(prompt)
        for column, settings in enumerate(setup.columns):
            try:
                self._turns.refuse(None, prompt, settings)
            except PlaygroundError as error:
                raise PlaygroundError(f"Column {column + 1}: {error}") from None
        create = self._comparisons.create
        comparison = create(title_from(prompt), setup.columns, setup.repetitions, setup.blind, source)
        self._send(comparison.id, prompt)
        return comparison.id

    def follow_up(self, comparison_id: str, prompt: str) -> None:
        """Send another prompt to all columns. Raises PlaygroundError, also while a reply streams in one of them."""
        comparison = self._get(comparison_id)
        refuse_empty(prompt)
        for column, conversations in enumerate(comparison.conversations):
            for conversation_id in conversations:
                self._refuse(comparison, column, conversation_id, prompt)
        self._send(comparison_id, prompt)

    def send_to(self, comparison_id: str, column: int, repetition: int) -> None:
        """Send the newest prompt once more to where no whole reply came. Raises PlaygroundError, also if one did."""
        comparison = self._get(comparison_id)
        conversation_id = comparison.conversations[column][repetition]
        newest = self._messages.path(conversation_id, 2)
        reply = newest[-1].reply if newest else None
        if reply is None:
            raise PlaygroundError("Nothing was sent here yet: send a message first.")
        if reply.status is Status.COMPLETE:
            raise PlaygroundError("There is a whole reply here already.")
        prompt, answer = newest
        self._refuse(comparison, column, conversation_id, prompt.text)
        self._turns.regenerate(conversation_id, answer.id, comparison.columns[column])

    def stop(self, comparison_id: str, column: int | None = None) -> None:
        """End the replies that stream in a column, or in all of them; what has arrived is kept."""
        for (place, _), live in self.live(comparison_id).items():
            if column in (None, place):
                self._turns.stop(live.id)

    def live(self, comparison_id: str) -> dict[Place, LiveReply]:
        """The replies that stream now, each by its column and repetition; none if there is no such comparison."""
        comparison = self._comparisons.get(comparison_id)
        ids = comparison.conversations if comparison else ()
        places = {(column, n): id_ for column, own in enumerate(ids) for n, id_ in enumerate(own)}
        found = {place: self._turns.live_in(id_) for place, id_ in places.items()}
        return {place: live for place, live in found.items() if live}

    def _send(self, comparison_id: str, prompt: str) -> None:
        self._turns.send_together(partial(self._comparisons.begin_turn, comparison_id, prompt))

    def _get(self, comparison_id: str) -> StoredComparison:
        comparison = self._comparisons.get(comparison_id)
        if comparison is None:
            raise PlaygroundError("This comparison is no longer here. Restore it or start a new one.")
        return comparison

    def _refuse(self, comparison: StoredComparison, column: int, conversation_id: str, prompt: str) -> None:
        settings = comparison.columns[column]
        try:
            self._turns.refuse(conversation_id, prompt, settings)
        except PlaygroundError as error:
            told = str(error)
            if comparison.hidden and (settings.connection in told or settings.model in told):
                told = "It cannot be reached as it is set. Reveal the columns to see why."
            # A letter would say which is which: a column has another one in each repetition.
            name = "One column" if comparison.hidden else f"Column {column + 1}"
            raise PlaygroundError(f"{name}: {told}") from None
