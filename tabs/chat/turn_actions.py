"""What the user does with the turns of a conversation: begin one, end one, look at another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from components.chat.editor import typed_in
from components.session import AHEAD, CONVERSATIONS, TURN, WHOLE, Parts, keep_typed, widget
from llm.replies.live import LiveReply
from llm.types import PlaygroundError, Settings
from llm.wire.requests import context_of
from storage.errors import ConversationBusy, ConversationMoved
from storage.records import StoredMessage
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed

FIRST_WORDS = 0.05  # seconds that the page lets a fast server's first words go before it keeps the browser busy
SENDING = 5.0  # seconds that a prompt waits for the list, if no model is chosen yet
BEGUN = (CONVERSATIONS, TURN)  # what a turn changes when it begins


class TurnActions(Actions[OpenChat]):
    """The callbacks of the composer and of the messages."""

    @noticed
    def send(self, prompt: str) -> Parts:
        """Send a prompt below what this tab has seen; if it cannot be sent, it stays in the composer and the notice
        says why."""
        drawn = self.tab.settings
        try:
            self.opened.choose_model(SENDING)
            if not self.tab.settings.model and self.opened.listing.problem:
                raise PlaygroundError(self.opened.listing.problem)
            live = self.app.turns.send(self.tab.conversation_id, prompt, self.tab.settings, self.tab.leaf)
            self.app.announcements.announce(self.tab.begin_turn(), live)
            live.wait_for_text(FIRST_WORDS)
        except PlaygroundError:
            keep_typed(prompt)
            raise
        if self.tab.conversation_id:
            self.tab.notice, self.tab.leaf = "", live.message_id
        else:
            self.tab.open(live.conversation_id, live.message_id)
        self.tab.window.show_end()
        return BEGUN if self.tab.settings == drawn else WHOLE

    def pick(self, suggestion: str) -> None:
        """Send a suggestion, which begins a conversation; a second click on it finds that begun."""
        if not self.tab.conversation_id:
            self.send(suggestion)

    @noticed
    def regenerate(self, message: StoredMessage, seen: int) -> Parts:
        """Another reply to the same prompt, with the settings as they are now; `seen` is the leaf that was drawn."""
        with self._one_intent(message):
            self._open_branch(self.app.turns.regenerate(self.tab.conversation_id, message.id, self.tab.settings, seen))
        return BEGUN

    @noticed
    def edit(self, message: StoredMessage) -> Parts:
        """Let a prompt be typed anew in its place; what has been typed already stays."""
        if message.id not in self.tab.editing:
            self.tab.editing.add(message.id)
            keep_typed(message.text, typed_in(message))
        return (TURN,)

    @noticed
    def cancel_edit(self, message: StoredMessage) -> Parts:
        self.tab.editing.discard(message.id)
        return (TURN,)

    @noticed
    def send_edited(self, message: StoredMessage, seen: int) -> Parts:
        """Send what was typed in place of a prompt, beside it; if it cannot be sent, it stays where it was typed."""
        prompt = widget(typed_in(message))
        with self._one_intent(message, prompt):
            self._open_branch(
                self.app.turns.edit(self.tab.conversation_id, message.id, prompt, self.tab.settings, seen)
            )
        self.tab.editing.discard(message.id)
        return BEGUN

    @noticed
    def fork(self, message: StoredMessage) -> Parts:
        """Go on from a message in a new conversation; a prompt is there to be sent, perhaps after a change."""
        fork = self.app.store.conversations.fork(message.id)
        self.opened.go_to(fork.conversation_id)
        if fork.prompt:
            keep_typed(fork.prompt)
        return WHOLE

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
        return self._regenerate_with(message, replace(self.tab.settings, parameters=parameters))

    @noticed
    def run_again(self, message: StoredMessage, settings: Settings, seen: int | None) -> Parts:
        """Another reply to the same prompt with other settings than are set; `seen` as in `regenerate`."""
        return self._regenerate_with(message, settings, seen)

    def _regenerate_with(self, message: StoredMessage, settings: Settings, seen: int | None = None) -> Parts:
        """The same, after which these are set."""
        with self._one_intent(message):
            self._open_branch(self.app.turns.regenerate(self.tab.conversation_id, message.id, settings, seen))
            self.tab.settings = settings
        return WHOLE

    @noticed
    def show_sibling(self, message_id: int, step: int) -> Parts:
        leaf = self.app.store.messages.show_sibling(message_id, step)
        self.tab.open(self.tab.conversation_id, leaf)
        return (TURN,)

    @noticed
    def go_to(self, message_id: int) -> Parts:
        """Open the branch through a message, and look at it."""
        self.opened.go_to(self.tab.conversation_id, message_id)
        return WHOLE

    def show_earlier(self) -> None:
        self.tab.window.show_earlier()

    @noticed
    def show_later(self) -> None:
        window = self.tab.window
        window.show_later(self.app.store.messages.after(self.tab.conversation_id, window.end) or ())

    def show_end(self) -> None:
        self.tab.window.show_end()

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

    def _open_branch(self, live: LiveReply) -> None:
        """Look at the branch that a reply begins, from its end; one can go back to that before it."""
        self.tab.open(live.conversation_id, live.message_id)
        self.tab.window.show_end()

    @contextmanager
    def _one_intent(self, message: StoredMessage, prompt: str = "") -> Iterator[None]:
        """For what replaces or continues a message: a second click finds that this has begun, which is no news."""
        try:
            yield
        except (ConversationBusy, ConversationMoved):
            newest = self.app.store.messages.path(self.tab.conversation_id, 2)
            beside = [other for other in newest if other.parent_id == message.parent_id]
            if prompt:
                beside = [other for other in beside if other.id != message.id and other.text == prompt]
            if not beside:
                raise
        self.tab.notice = ""
