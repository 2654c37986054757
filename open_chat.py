"""What is open in a tab, and what the user does with it. Draws nothing: it joins the session to the services."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from components.session import (
    AHEAD,
    CONVERSATIONS,
    GROWING,
    LISTED,
    NEWEST,
    TURN,
    WHOLE,
    Parts,
    Session,
    addressed,
    draw,
    keep_typed,
)
from llm.models.capabilities import capabilities, preferred_model
from llm.replies.ledger import Cap, overspent
from llm.replies.live import LiveReply
from llm.servers.connections import Connection
from llm.servers.directory import Listing
from llm.servers.secrets import refuse_key
from llm.types import PlaygroundError, Settings, Spent
from llm.wire.context import Context
from llm.wire.requests import GO_ON, context_of
from services import Services
from storage.errors import ConversationBusy, ConversationMoved
from storage.records import StoredMessage

FIRST_LISTING = 0.3  # seconds that a page waits for a server's list of models before it is drawn without
FIRST_WORDS = 0.05  # seconds that the page lets a fast server's first words go before it keeps the browser busy
SENDING = 5.0  # seconds that a prompt waits for the list, if no model is chosen yet
PAGE = "chat"
GONE = "This conversation is not here: it was deleted, or the address is wrong."
BUSY = str(ConversationBusy())
P = ParamSpec("P")


Action = Callable[Concatenate["OpenChat", P], Parts | None]
BEGUN = (CONVERSATIONS, TURN)  # what a turn changes when it begins


def noticed(action: Action[P]) -> Action[P]:
    """The action as a callback: says in the notice what it cannot do, for an error in a callback would leave an empty
    page, and draws the parts that it returns; without any, what Streamlit draws by itself: the part with the widget."""

    @wraps(action)
    def safely(chat: "OpenChat", *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            parts = action(chat, *args, **kwargs)
        except PlaygroundError as error:
            chat.tab.notice = str(error)
            parts = WHOLE
        if chat.app.store.trouble() != chat.tab.trouble:
            parts = WHOLE
        if parts is not None:
            draw(parts)

    return safely


@dataclass(frozen=True)
class OpenChat:
    """The open conversation of one tab; its methods are the callbacks of the chat page."""

    app: Services
    tab: Session

    def follow_address(self) -> None:
        """Open what the address names; coming from another page, what was open still is."""
        if self.tab.page != PAGE and not addressed():
            self.tab.write_address()
        self.tab.page = PAGE
        wanted = addressed()
        if wanted != self.tab.conversation_id or (wanted and not self.app.store.conversations.get(wanted)):
            self._go_to(wanted)  # also when another tab has deleted it meanwhile

    @property
    def connection(self) -> Connection:
        return self.app.directory.get(self.tab.settings.connection)

    @property
    def listing(self) -> Listing:
        """The models of the connection, as far as they are known now."""
        return self.app.directory.listing(self.connection, 0)

    @property
    def is_gone(self) -> bool:
        """Whether the open conversation has been deleted meanwhile, in another tab."""
        return bool(self.tab.conversation_id) and self.app.store.conversations.get(self.tab.conversation_id) is None

    @property
    def live(self) -> LiveReply | None:
        return self.app.turns.live_in(self.tab.conversation_id) if self.tab.conversation_id else None

    def transcript(self) -> tuple[list[StoredMessage], LiveReply | None]:
        """The newest messages of the open branch, as many as are drawn, and the reply that streams among them."""
        if not self.tab.conversation_id:
            return [], None
        live = self.live
        newest = self.app.store.messages.path(self.tab.conversation_id, self.tab.drawn + GROWING)
        messages = newest[self.tab.place_of_first([message.id for message in newest]) :]
        live = live or self.live  # once more: another tab may have begun one in between
        if live is None and self.tab.notice == BUSY:
            self.tab.notice = ""
        return messages, live

    def hidden(self, drawn: Sequence[StoredMessage]) -> int:
        """How many messages stand before those drawn."""
        if drawn[0].parent_id is None:
            return 0
        return self.app.store.messages.count(self.tab.conversation_id) - len(drawn)

    def spent(self) -> Spent:
        return self.app.store.conversations.spent(self.tab.conversation_id) if self.tab.conversation_id else Spent()

    def overspent(self, caps: Sequence[Cap]) -> str:
        """The sentence for a cap with nothing left, where the next request would cost money; "" if all is well."""
        return overspent(caps, self.tab.settings, self.connection)

    @property
    def instruction(self) -> str:
        """What asks the chosen model to continue a text; "" if it does so by itself."""
        able = capabilities(self.tab.settings.model, self.connection.base_url, self.connection.built_in)
        return "" if able.prefill else GO_ON

    def context(self, messages: list[StoredMessage]) -> Context:
        """What the next request would send of the conversation so far."""
        settings, connection = self.tab.settings, self.connection
        if not messages and not settings.parameters.system_prompt:
            window = capabilities(settings.model, connection.base_url, connection.built_in).context_window
            return Context((), (), 0, 0, 0, window)  # without counting: the first page need not wait for a vocabulary
        history = self.app.store.messages.context(messages[-1].id) if messages else []
        return context_of(history, settings, connection)

    def choose_model(self, wait: float = FIRST_LISTING) -> None:
        """See that a model is chosen: the one used last through this connection, else one that it lists."""
        connection = self.connection
        if self.tab.settings.connection == connection.name and self.tab.settings.model:
            return
        model = self.tab.models.get(connection.name) or self.app.store.replies.last_model(connection.name)
        if not model:
            listed = self.app.directory.listing(connection, wait).models
            model = preferred_model(listed) or next(iter(listed), "")
        self.tab.settings = replace(self.tab.settings, connection=connection.name, model=model)

    @noticed
    def open(self, conversation_id: str | None) -> Parts:
        """Go to a conversation, or to a new one, from whatever page."""
        self._go_to(conversation_id)
        self.tab.wanted = True
        return WHOLE

    @noticed
    def rename(self, conversation_id: str, title: str) -> None:
        refuse_key(self.connection.api_key, "this title", title)
        self.app.store.conversations.rename(conversation_id, title)

    @noticed
    def delete(self, conversation_id: str) -> Parts:
        self.app.delete_conversation(conversation_id)
        if self.tab.conversation_id == conversation_id:
            self.tab.closed.add(conversation_id)
            self.tab.open(None)
        return WHOLE

    @noticed
    def restore(self, conversation_id: str) -> Parts:
        """Take a deletion back; what was open when this tab deleted it is open again."""
        self.app.store.conversations.restore(conversation_id)
        if conversation_id in self.tab.closed:
            self.tab.closed.remove(conversation_id)
            self._go_to(conversation_id)
        return WHOLE

    def list_more(self) -> None:
        self.tab.listed += LISTED

    @noticed
    def change_connection(self, name: str) -> None:
        self.tab.settings = replace(self.tab.settings, connection=name, model="")
        self.choose_model()
        self._keep(self.tab.settings)

    @noticed
    def change_model(self, model: str) -> None:
        self._keep(replace(self.tab.settings, model=model))

    @noticed
    def change_parameter(self, name: str, value: Any) -> None:
        parameters = replace(self.tab.settings.parameters, **{name: value})
        self._keep(replace(self.tab.settings, parameters=parameters))

    @noticed
    def send(self, prompt: str) -> Parts:
        """Send a prompt; if it cannot be sent, it stays in the composer and the notice says why."""
        drawn = self.tab.settings
        try:
            self.choose_model(SENDING)
            if not self.tab.settings.model and self.listing.problem:
                raise PlaygroundError(self.listing.problem)
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
        tokens = context_of(history, self.tab.settings, self.connection).tokens
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

    @noticed
    def change_timeout(self, name: str, seconds: float) -> None:
        kept = self.app.store.preferences.get()
        self.app.store.preferences.save(replace(kept, timeouts=replace(kept.timeouts, **{name: seconds})))

    @noticed
    def change_cap(self, name: str, dollars: Decimal | None) -> None:
        kept = self.app.store.preferences.get()
        self.app.store.preferences.save(replace(kept, budget=replace(kept.budget, **{name: dollars})))
        self.tab.notice = ""  # it may have said that the old cap was reached

    def browse(self, connection: str) -> None:
        """Show a connection's models on the Models page; the chat keeps its own."""
        self.tab.browsed = connection

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
        if live := self.live:
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

    def _go_to(self, conversation_id: str | None) -> None:
        """Open a conversation with its settings; a new one begins with those set now."""
        conversation = self.app.store.conversations.get(conversation_id) if conversation_id else None
        self.tab.open(conversation.id if conversation else None)
        if conversation:
            self.tab.settings = conversation.settings
            return
        parameters = replace(self.tab.settings.parameters, context_limit=None)  # set for one conversation's length
        self.tab.settings = replace(self.tab.settings, parameters=parameters)
        if conversation_id:
            self.tab.notice = GONE

    def _keep(self, settings: Settings) -> None:
        refuse_key(self.connection.api_key, "the settings", settings)
        self.tab.settings = settings
        self.tab.models[settings.connection] = settings.model
        if self.tab.conversation_id:
            self.app.store.conversations.save_settings(self.tab.conversation_id, settings)
