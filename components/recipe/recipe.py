"""What made a reply, all of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from llm.recipes.rebuild import Rebuilt
from llm.servers.connections import Connection
from llm.types import Echoed, Message, Settings, Timing
from storage.records import StoredMessage, StoredReply


@dataclass(frozen=True)
class Recipe:
    """One of the requests that wrote a message, and what came of it."""

    message: StoredMessage
    replies: tuple[StoredReply, ...]  # all that wrote it; of a copy those that wrote its original
    place: int  # of the one that is meant
    timing: Timing  # with the times of its chunks
    echoed: Echoed
    messages: Mapping[int, Message]  # those that went, by id, as they stood then
    rebuilt: Rebuilt | None  # None: no request left
    connection: Connection | None  # where it went; None if that is not there any more
    now: Settings  # what the controls are set to

    @property
    def reply(self) -> StoredReply:
        return self.replies[self.place]

    @property
    def text(self) -> str:
        """What this request wrote."""
        end = self.replies[self.place + 1].text_start if self.place + 1 < len(self.replies) else None
        return self.message.text[self.reply.text_start : end]
