"""What the user does in the list of conversations."""

from components.session import LISTED, WHOLE, Parts
from tabs.noticed import Actions, noticed
from tabs.open_chat import OpenChat


class ListActions(Actions[OpenChat]):
    """The callbacks of the sidebar's first part, on whatever page."""

    @noticed
    def open(self, conversation_id: str | None) -> Parts:
        """Go to a conversation, or to a new one, from whatever page."""
        self.opened.go_to(conversation_id)
        self.tab.wanted = "chat"
        return WHOLE

    @noticed
    def rename(self, conversation_id: str, title: str) -> None:
        self.app.directory.refuse_keys("this title", title)
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
            self.opened.go_to(conversation_id)
        return WHOLE

    def list_more(self) -> None:
        self.tab.listed += LISTED
