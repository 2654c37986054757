"""The store: everything that is kept, in one SQLite file."""

from collections.abc import Sequence
from pathlib import Path

from storage.chats.conversations import Conversations
from storage.chats.labels import Labels
from storage.chats.listing import Listing
from storage.chats.messages import Messages
from storage.chats.moments import Moments
from storage.chats.ratings import Ratings
from storage.chats.recipes import Recipes
from storage.chats.replies import Replies
from storage.exchange.exchange import Exchange
from storage.experiments.comparisons import Comparisons
from storage.experiments.experiments import Experiments
from storage.experiments.reruns import Reruns
from storage.experiments.runs import Runs
from storage.experiments.votes import Votes
from storage.file.database import DatabaseFile
from storage.file.migrations import MIGRATIONS, Migration
from storage.file.opening import prepare
from storage.preferences import StoredPreferences
from storage.search.search import Search
from storage.spending import SpentIn


class Store:
    """The file at `path`, made if it is missing and migrated, after a backup, if it is older; any thread may use it.

    Raises StorageError, and leaves the file as it was, when it is damaged, empty or of a newer schema. Every method of
    its rooms raises StorageError when the file cannot be read or written, or another program locks it for 5 seconds.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        prepare(path, migrations)
        self._file = DatabaseFile(path)
        spent_in = SpentIn(self._file)
        self.conversations = Conversations(self._file, spent_in)
        self.listing = Listing(self._file)
        self.labels = Labels(self._file)
        self.search = Search(self._file)
        self.messages = Messages(self._file)
        self.moments = Moments(self._file)
        self.replies = Replies(self._file, spent_in)
        self.reruns = Reruns(self._file)
        self.ratings = Ratings(self._file)
        self.recipes = Recipes(self._file)
        self.experiments = Experiments(self._file)
        self.runs = Runs(self._file)
        self.comparisons = Comparisons(self._file)
        self.votes = Votes(self._file)
        self.exchange = Exchange(self._file)
        self.preferences = StoredPreferences(self._file)

    def trouble(self) -> str:
        """Why nothing can be written now, as a sentence, from the last write that failed; "" while writing works.

        While there is trouble, a small write is tried first: it passes without a restart.
        """
        return self._file.trouble()

    def warm(self) -> None:
        """Imports what the first write needs (0.3 s or more), so that it need not wait for it."""
        self._file.warm()

    def close(self) -> None:
        """Closes the file; what is called afterwards raises StorageError."""
        self._file.close()
