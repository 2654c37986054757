"""What the user does with the moments of a conversation: pin one, order them, say what each shows."""

from collections.abc import Sequence

from components.session import TURN, WHOLE, Parts
from storage.chats.moments import Moment
from storage.records import StoredMessage
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed


class MomentActions(Actions[OpenChat]):
    """The callbacks of the toolbar and of the panel of moments."""

    def read(self) -> Sequence[Moment]:
        """The moments of the open conversation, as they are now."""
        return self.app.store.moments.of(self.tab.conversation_id) if self.tab.conversation_id else ()

    @noticed
    def pin(self, message: StoredMessage) -> Parts:
        self.app.store.moments.pin(message.id)
        return (TURN,)

    @noticed
    def unpin(self, message: StoredMessage) -> Parts:
        self.app.store.moments.unpin(message.id)
        return (TURN,)

    @noticed
    def drop(self, message_id: int) -> None:
        """Unpin what is listed in the panel, which stays open."""
        self.app.store.moments.unpin(message_id)

    @noticed
    def describe(self, message_id: int, caption: str) -> None:
        self.app.directory.refuse_keys("this caption", caption)
        self.app.store.moments.describe(message_id, caption.strip())

    @noticed
    def move(self, message_id: int, step: int) -> None:
        self.app.store.moments.move(message_id, step)

    @noticed
    def present(self) -> Parts:
        """Show the open conversation to others, from its beginning."""
        self.tab.showing.go(1)
        self.tab.wanted = "present"
        return WHOLE
