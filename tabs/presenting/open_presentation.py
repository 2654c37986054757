"""The presentation of a conversation in a tab: where it stands, and what is seen there."""

from dataclasses import dataclass

from components.present.slide import Slide
from components.present.state import Showing
from components.session import Session, addressed, look_at, name_in_address
from llm.replies.live import LiveReply
from services import Services
from storage.records import StoredMessage
from tabs.chat.open_chat import OpenChat
from tabs.presenting.play_actions import Playing

PAGE, PLACE = "present", "at"
LONGEST_PLACE = 9  # digits


@dataclass(frozen=True)
class OpenPresentation:
    """What a tab presents: the moments of the open conversation, without any its open branch."""

    chat: OpenChat

    @property
    def app(self) -> Services:
        return self.chat.app

    @property
    def tab(self) -> Session:
        return self.chat.tab

    @property
    def state(self) -> Showing:
        return self.tab.showing

    @property
    def playing(self) -> Playing:
        return Playing(self.chat)

    def follow_address(self) -> None:
        """Open the conversation that the address names, at its place; coming from the chat, the one that was open."""
        entered = self.tab.enter(PAGE)
        if entered and not addressed():
            name_in_address(self.tab.conversation_id)
        place = addressed(PLACE) or ""
        at = int(place) if place.isascii() and place.isdigit() and len(place) <= LONGEST_PLACE else 1
        if entered or (place != self.state.named and at != self.state.at):
            self.go(at)
        self.state.named = place
        wanted = addressed()
        if wanted != self.tab.conversation_id or (wanted and not self.app.store.conversations.get(wanted)):
            self.chat.go_to(wanted)
        look_at(PAGE)

    def go(self, at: int) -> None:
        """Stand at a place; what plays is left alone. The browser names the place in the address: no step of its own,
        so that one goes back to where one came from."""
        self.playing.forget()
        self.state.go(at)
        self.tab.notice = ""

    def slide(self) -> Slide | None:
        """What is seen at the place, the nearest one that there is; None if there is nothing to show."""
        id_ = self.tab.conversation_id
        turns = self.app.store.moments.turns(id_) if id_ else []
        if not turns:
            return None
        at = min(max(1, self.state.at), len(turns))
        turn, state = turns[at - 1], self.state
        recorded, asked = self._find(turn.reply_id), self._find(state.asked.message_id if state.asked else None)
        live, prompt = self._live(recorded), self._find(turn.prompt_id)
        streaming = self.app.turns.live_in(id_)
        if streaming and recorded and streaming.message_id == recorded.id:  # it was asked for in the chat just now
            recorded, asked, live, state.revealed = None, recorded, streaming, True
        return Slide(at, len(turns), turn.caption, prompt, recorded, asked, live, state.revealed, state.word)

    def _find(self, message_id: int | None) -> StoredMessage | None:
        return None if message_id is None else self.app.store.messages.find(message_id)

    def _live(self, recorded: StoredMessage | None) -> LiveReply | None:
        """The reply that was asked for and streams, else the recorded one while it plays."""
        if self.state.asked:
            found = self.app.turns.find_live(self.state.asked.reply_id)
            return found if found and found.live else None
        playing = self.playing.reply
        return playing if playing and recorded and playing.message_id == recorded.id else None
