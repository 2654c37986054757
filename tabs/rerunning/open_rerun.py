"""The rerun that is open in a tab, or the choice for a new one: what the page shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from components.rerun.choosing import RerunChoice
from components.rerun.heading import RerunStanding
from components.rerun.state import DRAWN, Rerunning
from components.rerun.turn import ShownTurn
from components.session import Session, addressed, look_at, name_in_address
from experiments.estimate import ENOUGH, pasts_of
from experiments.rerunning.outlook import Outlook, asked_in, outlook
from experiments.rerunning.turn_by_turn import ReranTurn
from experiments.rerunning.turns import failed, left
from experiments.running.phase import Phase
from llm.replies.live import LiveReply
from llm.types import Settings, Status
from services import Services
from storage.experiments.rerun_records import RerunTurn, StoredRerun, Way
from storage.records import Conversation, StoredMessage
from tabs.chat.open_chat import OpenChat

PAGE, ADDRESS = "rerun", "id"
GONE = "This replay is not here: its conversation was deleted, or the address is wrong."


@dataclass(frozen=True)
class OpenRerun:
    """What is open on the Rerun page of one tab: a rerun, or a new one of a conversation."""

    chat: OpenChat

    @property
    def app(self) -> Services:
        return self.chat.app

    @property
    def tab(self) -> Session:
        return self.chat.tab

    @property
    def state(self) -> Rerunning:
        return self.tab.rerunning

    def follow_address(self) -> None:
        """Open what the address names, a rerun or the conversation of a new one; coming from the chat, what was
        asked for there."""
        named = addressed(ADDRESS), addressed()
        if self.tab.enter(PAGE) and not any(named):
            self.write_address()
        elif named[0] and named[0] != self.state.rerun_id:
            found = self.app.store.reruns.get(named[0])
            self.state.open(found.conversation_id if found else None, found.id if found else None)
            self.tab.notice = "" if found else GONE
        elif not named[0] and named[1] and (named[1], None) != (self.state.conversation_id, self.state.rerun_id):
            self.state.open(named[1])
        if self.state.rerun_id and not self.stored:
            self.open(None)
            self.tab.notice = GONE
        look_at("rerun" if self.state.rerun_id else "choice")

    def open(self, rerun_id: str | None) -> None:
        """Show a rerun of the conversation, or a new one, in the address too."""
        self.state.open(self.state.conversation_id, rerun_id)
        self.tab.notice = ""
        self.write_address()

    def write_address(self) -> None:
        name_in_address(self.state.rerun_id, ADDRESS)
        name_in_address(None if self.state.rerun_id else self.state.conversation_id)

    @property
    def conversation(self) -> Conversation | None:
        """The conversation that is rerun."""
        id_ = self.state.conversation_id
        return self.app.store.conversations.get(id_) if id_ else None

    @property
    def stored(self) -> StoredRerun | None:
        return self.app.store.reruns.get(self.state.rerun_id) if self.state.rerun_id else None

    @property
    def busy(self) -> bool:
        """Whether a reply of the chat streams in the conversation."""
        return bool(self.state.conversation_id and self.app.turns.live_in(self.state.conversation_id))

    def earlier(self) -> list[tuple[StoredRerun, Phase]]:
        """The conversation's reruns, the newest first."""
        found = self.app.store.reruns.of(self.state.conversation_id) if self.state.conversation_id else []
        return [(rerun, self.app.reruns.phase(rerun)) for rerun in found]

    @property
    def way(self) -> Way:
        return self.state.way or Way.OWN

    @property
    def settings(self) -> Settings:
        """What is chosen for a new rerun; at first the conversation's own settings."""
        conversation = self.conversation
        settings = self.state.settings or (conversation.settings if conversation else self.tab.settings)
        connection = self.app.directory.get(settings.connection)
        if settings.connection == connection.name and settings.model:
            return settings
        return replace(settings, connection=connection.name, model=self.chat.usual_model(connection))

    def chosen(self) -> RerunChoice:
        """The choice for a new rerun, with what there is to choose from."""
        settings, directory = self.settings, self.app.directory
        connection = directory.get(settings.connection)
        return RerunChoice(settings, self.way, connection, directory.listing(connection, 0))

    def outlook(self) -> Outlook:
        """What the chosen rerun will take; remembered as long as nothing changes that it depends on."""
        settings, way, directory, store = self.settings, self.way, self.app.directory, self.app.store
        pasts = pasts_of((settings,), store.replies.lately)
        few = tuple(min(len(past.output_tokens), ENOUGH) for past in pasts.values())
        conversation = self.conversation
        known = settings, way, few, directory.all(), conversation and (conversation.id, conversation.leaf_id)
        if self.state.outlook is None or self.state.outlook[0] != known:
            asked = asked_in(store.messages.path(self.state.conversation_id or ""))
            found = outlook(way, settings, asked, directory.get, pasts, datetime.now(UTC))
            self.state.outlook = known, found
        return self.state.outlook[1]

    def standing(self, rerun: StoredRerun) -> RerunStanding:
        """How a rerun stands now."""
        turns, reruns = self.app.store.reruns.turns(rerun.id), self.app.reruns
        begun = any(turn.message_id for turn in turns)
        again = len(failed(rerun.way, turns))
        return RerunStanding(reruns.phase(rerun), len(left(turns)), again, reruns.trouble(rerun.id), begun)

    def drawn(self, rerun: StoredRerun) -> list[ShownTurn]:
        """The turns that are drawn, as they are now."""
        turns = self.app.store.reruns.turns(rerun.id)[self.state.first :][:DRAWN]
        ids = [id_ for turn in turns for id_ in (turn.prompt_id, turn.original_id, turn.message_id) if id_]
        messages = self.app.store.messages.of(ids)
        return [ShownTurn(_reran(turn, messages), self._live(turn, messages)) for turn in turns]

    def drawn_state(self, rerun: StoredRerun) -> Sequence[object]:
        """What the page's turns depend on: once it is another one, they are drawn anew."""
        turns = self.app.store.reruns.turns(rerun.id)
        return [self.app.reruns.phase(rerun), *((turn.message_id, turn.status) for turn in turns)]

    def newest(self, rerun: StoredRerun) -> int | None:
        """The message of the newest new reply."""
        ids = [turn.message_id for turn in self.app.store.reruns.turns(rerun.id) if turn.message_id]
        return ids[-1] if ids else None

    def _live(self, turn: RerunTurn, messages: dict[int, StoredMessage]) -> LiveReply | None:
        message = messages.get(turn.message_id or 0)
        if message is None or message.reply is None or message.reply.status is not Status.STREAMING:
            return None
        return self.app.turns.find_live(message.reply.id)


def _reran(turn: RerunTurn, messages: dict[int, StoredMessage]) -> ReranTurn:
    original, new = (messages.get(id_ or 0) for id_ in (turn.original_id, turn.message_id))
    return ReranTurn(turn.turn, messages[turn.prompt_id], original, new)
