"""What the user does in the library."""

from collections.abc import Sequence

from components.library.state import Browsing
from components.session import CONVERSATIONS, LIBRARY, Parts
from storage.records import ListedConversation
from storage.search.search import Hit
from tabs.library.library_view import LibraryView
from tabs.noticed import Actions, noticed


class LibraryActions(Actions[LibraryView]):
    """The callbacks of the library's page."""

    @property
    def browsing(self) -> Browsing:
        return self.opened.browsing

    @noticed
    def look_for(self, **changes: object) -> None:
        self.browsing.look_for(**changes)

    @noticed
    def older(self, last: ListedConversation | Hit) -> None:
        self.browsing.before.append(last.place if isinstance(last, Hit) else last.activity)

    @noticed
    def newer(self) -> None:
        self.browsing.before.pop()

    @noticed
    def choose(self, conversation_id: str, is_chosen: bool) -> None:
        change = self.browsing.chosen.add if is_chosen else self.browsing.chosen.discard
        change(conversation_id)

    @noticed
    def choose_all(self) -> None:
        self.browsing.chosen = set(self.opened.all_found())

    @noticed
    def choose_none(self) -> None:
        self.browsing.chosen.clear()

    @noticed
    def archive(self) -> Parts:
        self.app.store.labels.archive(self._chosen())
        return CONVERSATIONS, LIBRARY

    @noticed
    def unarchive(self) -> Parts:
        self.app.store.labels.unarchive(self._chosen())
        return CONVERSATIONS, LIBRARY

    @noticed
    def tag(self, tags: Sequence[str]) -> None:
        self.app.directory.refuse_keys("a tag", tags)
        self.app.store.labels.add_tags(self._chosen(), tags)

    @noticed
    def delete(self) -> None:
        gone = self._chosen()
        self.app.delete_conversations(gone)
        self.browsing.look_for()
        self.tab.close(gone)

    def _chosen(self) -> list[str]:
        return sorted(self.browsing.chosen)
