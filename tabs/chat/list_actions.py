"""What the user does in the list of conversations, wherever it is drawn."""

from collections.abc import Sequence

from components.library.state import Browsing
from components.session import CONVERSATIONS, HITS, LIBRARY, LISTED, WHOLE, Parts
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed

LISTS: Parts = (CONVERSATIONS, LIBRARY)


class ListActions(Actions[OpenChat]):
    """The callbacks of the sidebar's first part, on whatever page, and of the lines of the library."""

    @noticed
    def open(self, conversation_id: str | None) -> Parts:
        """Go to a conversation, or to a new one, from whatever page."""
        return self._open(conversation_id)

    @noticed
    def open_message(self, conversation_id: str, message_id: int | None) -> Parts:
        """The same, to a message in its branch; None: the conversation as it stands."""
        return self._open(conversation_id, message_id)

    def _open(self, conversation_id: str | None, message_id: int | None = None) -> Parts:
        self.opened.go_to(conversation_id, message_id)
        self.tab.wanted = "chat"
        return WHOLE

    @noticed
    def search(self, typed: str) -> None:
        self.tab.searched, self.tab.hits = typed, HITS

    @noticed
    def all_results(self) -> Parts:
        """Look for the same in the library."""
        self.tab.library = Browsing(self.tab.searched)
        self.tab.wanted = "library"
        return WHOLE

    @noticed
    def rename(self, conversation_id: str, title: str) -> None:
        self.app.directory.refuse_keys("this title", title)
        self.app.store.conversations.rename(conversation_id, title)

    @noticed
    def delete(self, conversation_id: str) -> Parts:
        self.app.delete_conversations([conversation_id])
        self.tab.close([conversation_id])
        return WHOLE

    @noticed
    def restore(self, *conversation_ids: str) -> Parts:
        """Take a deletion back; what was open when this tab deleted it is open again."""
        self.app.store.conversations.restore(*conversation_ids)
        for conversation_id in self.tab.closed.intersection(conversation_ids):
            self.tab.closed.remove(conversation_id)
            self.opened.go_to(conversation_id)
        return WHOLE

    @noticed
    def pin(self, conversation_id: str) -> Parts:
        self.app.store.labels.pin(conversation_id)
        return LISTS

    @noticed
    def unpin(self, conversation_id: str) -> Parts:
        self.app.store.labels.unpin(conversation_id)
        return LISTS

    @noticed
    def archive(self, conversation_id: str) -> Parts:
        self.app.store.labels.archive([conversation_id])
        return LISTS

    @noticed
    def unarchive(self, conversation_id: str) -> Parts:
        self.app.store.labels.unarchive([conversation_id])
        return LISTS

    @noticed
    def set_tags(self, conversation_id: str, tags: Sequence[str]) -> None:
        self.app.directory.refuse_keys("a tag", tags)
        self.app.store.labels.set_tags(conversation_id, tags)

    def list_more(self) -> None:
        self.tab.listed += LISTED

    def find_more(self) -> None:
        self.tab.hits += HITS
