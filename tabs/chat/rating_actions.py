"""What the user thinks of the replies."""

from components.session import TURN, Parts
from storage.records import StoredMessage, Thumb
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed


class RatingActions(Actions[OpenChat]):
    """The callbacks of the thumbs."""

    @noticed
    def rate(self, message: StoredMessage, thumb: Thumb) -> Parts:
        """Rate a reply; the same thumb once more takes it back."""
        if message.rating and message.rating.thumb is thumb:
            self.app.store.ratings.take_back(message.id)
        else:
            self.app.store.ratings.rate(message.id, thumb)
        return (TURN,)

    @noticed
    def explain(self, message: StoredMessage, word: str) -> Parts:
        """Say why a reply was rated so; an empty word takes that back."""
        word = " ".join(word.split())
        self.app.directory.refuse_keys("this word", word)
        self.app.store.ratings.explain(message.id, word)
        return (TURN,)
