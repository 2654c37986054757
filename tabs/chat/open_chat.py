"""The conversation that is open in a tab: what the page shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from components.chat.window import GROWING
from components.session import Session, addressed, addressed_chat, look_at
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
class Shown:
    """What the page shows of the open branch: some messages in a row, how many there are before and after them, the
    newest two of the branch, and the reply that streams in the conversation, wherever that is."""

    messages: list[StoredMessage]
    earlier: int
    later: int
    newest: list[StoredMessage]
    live: LiveReply | None

    @property
    def live_elsewhere(self) -> bool:
        """Whether what streams is in no message that is shown."""
        return self.live is not None and all(message.id != self.live.message_id for message in self.messages)


@dataclass(frozen=True)
class OpenChat:
    """The open conversation of one tab, and its settings."""

    app: Services
    tab: Session

    def follow_address(self) -> None:
        """Open what the address names; coming from another page, what was open still is."""
        if self.tab.enter(PAGE) and not addressed():
            self.tab.write_address(self.tab.leaf)
        wanted = conversation_id, message = addressed_chat()
        if wanted != self.tab.named or (conversation_id and not self.app.store.conversations.get(conversation_id)):
            self.tab.named = wanted
            leaf = self._turn_to(conversation_id, _message_id(message))
            if conversation_id and not self.tab.conversation_id:  # also when another tab has deleted it meanwhile
                self.tab.write_address(None)
            if self.tab.sought and self.tab.sought.message_id == leaf:
                self.tab.sought = None  # the end of a branch is where one looks anyway
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
        """The reply that streams: in the conversation, or, of a replay, at the end of the branch that is open."""
        conversation_id, turns = self.tab.conversation_id, self.app.turns
        if not conversation_id:
            return None
        if (live := turns.live_in(conversation_id)) or not (aside := turns.live_aside(conversation_id)):
            return live
        leaf = self.app.store.messages.path(conversation_id, 1)
        return next((live for live in aside if leaf and live.message_id == leaf[0].id), None)

    def transcript(self) -> Shown:
        """What is drawn of the open branch."""
        if not self.tab.conversation_id:
            return Shown([], 0, 0, [], None)
        live, window, stored = self.live, self.tab.window, self.app.store.messages
        after = stored.after(self.tab.conversation_id, window.end) if window.end else []
        if not after:
            window.show_end()  # also when another branch is open by now
        last = stored.path(self.tab.conversation_id, window.drawn + GROWING, window.end)
        messages = last[window.place_of_first([message.id for message in last]) :]
        newest = stored.path(self.tab.conversation_id, 2) if after else messages[-2:]
        self.tab.leaf = newest[-1].id if newest else None
        live = live or self.live  # once more: another tab may have begun one in between
        if live is None and self.tab.notice == BUSY:
            self.tab.notice = ""
        return Shown(messages, self._before(messages, after or ()), len(after or ()), newest, live)

    def _before(self, messages: Sequence[StoredMessage], after: Sequence[int]) -> int:
        """How many messages of the open branch stand before these."""
        if not messages or messages[0].parent_id is None:
            return 0
        return self.app.store.messages.count(self.tab.conversation_id) - len(messages) - len(after)

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

    def go_to(self, conversation_id: str | None, message_id: int | None = None) -> None:
        """Open a conversation with its settings; a new one begins with those set now.

        With one of its messages, the branch through it is opened, and it is scrolled to and marked for a moment; a
        message of another conversation is ignored.
        """
        self.tab.write_address(self._turn_to(conversation_id, message_id))

    def _turn_to(self, conversation_id: str | None, message_id: int | None) -> int | None:
        """The same, of an address that names it already; the end of the branch that is open then."""
        stored = self.app.store
        found = bool(conversation_id and message_id) and stored.messages.open_at(conversation_id, message_id)
        conversation = stored.conversations.get(conversation_id) if conversation_id else None
        if conversation:
            self.tab.turn_to(conversation.id, conversation.leaf_id)
            self.tab.settings = conversation.settings
            if found:
                self.tab.seek(message_id, stored.messages.after(conversation.id, message_id) or ())
            return conversation.leaf_id
        self.tab.turn_to(None)
        parameters = replace(self.tab.settings.parameters, context_limit=None)  # set for one conversation's length
        self.tab.settings = replace(self.tab.settings, parameters=parameters)
        if conversation_id:
            self.tab.notice = GONE
        return None

    def keep(self, settings: Settings) -> None:
        self.app.directory.refuse_keys("the settings", settings)
        self.tab.settings = settings
        self.tab.models[settings.connection] = settings.model
        if self.tab.conversation_id:
            self.app.store.conversations.save_settings(self.tab.conversation_id, settings)


def _message_id(named: str | None) -> int | None:
    """The message that an address names; None for what no message can be called."""
    return int(named) if named and named.isascii() and named.isdecimal() and len(named) < 19 else None
