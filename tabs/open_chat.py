"""The conversation that is open in a tab: what the page shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from components.session import GROWING, Session, addressed, look_at
from llm.models.capabilities import capabilities, preferred_model
from llm.replies.ledger import Cap, overspent
from llm.replies.live import LiveReply
from llm.servers.connections import Connection
from llm.servers.directory import Listing
from llm.types import Settings, Spent
from llm.wire.context import Context
from llm.wire.requests import GO_ON, context_of
from services import Services
from storage.errors import ConversationBusy
from storage.records import StoredMessage

FIRST_LISTING = 0.3  # seconds that a page waits for a server's list of models before it is drawn without
PAGE = "chat"
GONE = "This conversation is not here: it was deleted, or the address is wrong."
BUSY = str(ConversationBusy())


@dataclass(frozen=True)
class OpenChat:
    """The open conversation of one tab, and its settings."""

    app: Services
    tab: Session

    def follow_address(self) -> None:
        """Open what the address names; coming from another page, what was open still is."""
        if self.tab.enter(PAGE) and not addressed():
            self.tab.write_address()
        wanted = addressed()
        if wanted != self.tab.conversation_id or (wanted and not self.app.store.conversations.get(wanted)):
            self.go_to(wanted)  # also when another tab has deleted it meanwhile
        look_at(PAGE)

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
        model = self.usual_model(connection, wait)
        self.tab.settings = replace(self.tab.settings, connection=connection.name, model=model)

    def usual_model(self, connection: Connection, wait: float = FIRST_LISTING) -> str:
        """The model used last through a connection, else one that it lists; "" if it has told none yet."""
        model = self.tab.models.get(connection.name) or self.app.store.replies.last_model(connection.name)
        if model:
            return model
        listed = self.app.directory.listing(connection, wait).models
        return preferred_model(listed) or next(iter(listed), "")

    def go_to(self, conversation_id: str | None) -> None:
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

    def keep(self, settings: Settings) -> None:
        self.app.directory.refuse_keys("the settings", settings)
        self.tab.settings = settings
        self.tab.models[settings.connection] = settings.model
        if self.tab.conversation_id:
            self.app.store.conversations.save_settings(self.tab.conversation_id, settings)
