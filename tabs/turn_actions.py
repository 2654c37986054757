"""What the user does with the turns of a conversation: begin one, end one, look at another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from components.session import AHEAD, CONVERSATIONS, NEWEST, TURN, WHOLE, Parts, keep_typed
from llm.types import PlaygroundError
from llm.wire.requests import context_of
from storage.errors import ConversationBusy, ConversationMoved
from storage.records import StoredMessage
from tabs.noticed import Actions, noticed
from tabs.open_chat import OpenChat

FIRST_WORDS = 0.05  # seconds that the page lets a fast server's first words go before it keeps the browser busy
SENDING = 5.0  # seconds that a prompt waits for the list, if no model is chosen yet
BEGUN = (CONVERSATIONS, TURN)  # what a turn changes when it begins


class TurnActions(Actions[OpenChat]):
    """The callbacks of the composer and of the messages."""

    @noticed
    def send(self, prompt: str) -> Parts:
        """Send a prompt; if it cannot be sent, it stays in the composer and the notice says why."""
        drawn = self.tab.settings
        try:
            self.opened.choose_model(SENDING)
            if not self.tab.settings.model and self.opened.listing.problem:
                raise PlaygroundError(self.opened.listing.problem)
            live = self.app.turns.send(self.tab.conversation_id, prompt, self.tab.settings)
            self.app.announcements.announce(self.tab.begin_turn(), live)
            live.wait_for_text(FIRST_WORDS)
        except PlaygroundError:
            keep_typed(prompt)
            raise
        self.tab.open(live.conversation_id)
        return BEGUN if self.tab.settings == drawn else WHOLE

    def pick(self, suggestion: str) -> None:
        """Send a suggestion, which begins a conversation; a second click on it finds that begun."""
        if not self.tab.conversation_id:
            self.send(suggestion)

    @noticed
    def regenerate(self, message: StoredMessage) -> Parts:
        """Another reply to the same prompt, with the settings as they are now."""
        with self._one_intent(message):
            self.app.turns.regenerate(self.tab.conversation_id, message.id, self.tab.settings)
        return BEGUN

    @noticed
    def continue_reply(self, message: StoredMessage) -> Parts:
        """Have the model continue a text that was cut, with the settings as they are now."""
        with self._one_intent(message):
            self.app.turns.continue_reply(self.tab.conversation_id, message.reply.id, self.tab.settings)
        return BEGUN

    @noticed
    def send_less(self, message: StoredMessage) -> Parts:
        """Another reply to the same prompt, of which half as much of the conversation is sent; this limit stays."""
        history = self.app.store.messages.context(message.parent_id)
        tokens = context_of(history, self.tab.settings, self.opened.connection).tokens
        parameters = replace(self.tab.settings.parameters, context_limit=max(1, tokens // 2))
        settings = replace(self.tab.settings, parameters=parameters)
        with self._one_intent(message):
            self.app.turns.regenerate(self.tab.conversation_id, message.id, settings)
            self.tab.settings = settings
        return WHOLE

    @noticed
    def show_sibling(self, message_id: int, step: int) -> Parts:
        self.app.store.messages.show_sibling(message_id, step)
        return (TURN,)

    def show_earlier(self) -> None:
        self.tab.drawn += NEWEST
        self.tab.first = None

    @noticed
    def draw_turn(self) -> Parts:
        """Draw what a turn has changed when it ended."""
        return (TURN,)

    @noticed
    def read_ahead(self) -> Parts:
        """A live reply has code or a formula, which the finished one will be drawn with."""
        self.tab.formatted = True
        return (AHEAD,)

    def stop(self) -> None:
        if live := self.opened.live:
            self.app.turns.stop(live.id)

    @contextmanager
    def _one_intent(self, message: StoredMessage) -> Iterator[None]:
        """For what replaces or continues a reply: a second click finds that its prompt is served, which is no news."""
        try:
            yield
        except (ConversationBusy, ConversationMoved):
            newest = self.app.store.messages.path(self.tab.conversation_id, 1)
            if not newest or newest[0].parent_id != message.parent_id:
                raise
        self.tab.notice = ""
