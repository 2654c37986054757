"""What the library shows."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from components.clock import zone
from components.library.state import Browsing
from components.session import Session
from services import Services
from storage.records import ListedConversation
from storage.search.filters import Filters
from storage.search.search import Hit, Place

PAGE = 25  # lines of a page


@dataclass(frozen=True)
class LibraryView:
    """What one tab looks for in the library, and a page of what is found."""

    app: Services
    tab: Session

    @property
    def browsing(self) -> Browsing:
        return self.tab.library

    @property
    def filters(self) -> Filters:
        browsing, here = self.browsing, zone()
        days = [datetime.combine(day, time(), here) for day in browsing.days]
        since, until = (days[0], days[-1] + timedelta(days=1)) if days else (None, None)
        return Filters(browsing.model, browsing.thumb, since, until, browsing.tag, browsing.archived)

    @property
    def is_search(self) -> bool:
        """Whether messages are looked for; else it is conversations."""
        return bool(self.browsing.typed.strip()) or self.filters.of_replies

    def page(self) -> tuple[list[ListedConversation | Hit], bool]:
        """The lines of the page, and whether older ones follow."""
        before = self.browsing.before[-1] if self.browsing.before else None
        if self.is_search:
            place = before if isinstance(before, Place) else None
            found = self.app.store.search.find(self.browsing.typed, self.filters, PAGE + 1, place)
        else:
            found = self.app.store.listing.page(self.filters, PAGE + 1, before)
        return found[:PAGE], len(found) > PAGE

    def all_found(self) -> list[str]:
        """The ids of all conversations that are found, on whatever page."""
        if self.is_search:
            return self.app.store.search.conversations(self.browsing.typed, self.filters)
        return self.app.store.listing.ids(self.filters)
