"""What the store returns: frozen values, with the ids that llm/ does not know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from llm.types import Cost, Failure, Sent, Settings, Status, Timing, Usage


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its messages; `updated_at` is when its newest turn began."""

    id: str
    title: str
    settings: Settings
    leaf_id: int | None  # the newest message of the open branch
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ListedConversation:
    """One line in the list of conversations; a greater `activity` is a newer turn."""

    id: str
    title: str
    activity: int
    updated_at: datetime
    pinned: bool = False
    archived: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """A conversation, an experiment or a comparison that can still be restored."""

    id: str
    title: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class StoredReply:
    """How a part of an assistant message came about, but for the times of its chunks (`Replies.chunk_times`).

    That part begins at character `text_start` of the message's text; it was asked for `requests` times, retries too.
    """

    id: str
    message_id: int
    text_start: int
    requests: int
    settings: Settings
    status: Status
    reasoning: str
    sent: Sent | None
    finish_reason: str | None
    failure: Failure | None
    request_id: str | None
    reported: Usage | None
    estimated: Usage | None
    cost: Cost | None
    timing: Timing | None  # None while it streams and when nobody was there to see it end
    started_at: datetime

    @property
    def usage(self) -> Usage:
        """The tokens as the server reported them, else as we estimated them, else none."""
        return self.reported or self.estimated or Usage()


class Thumb(StrEnum):
    """What somebody thinks of a reply."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rating:
    """A thumb, and why, if that was said."""

    thumb: Thumb
    word: str = ""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and its place among the siblings: the messages with the same parent, oldest first.

    An assistant message has a reply for each request that wrote a part of its text, in their order. One that was copied
    from another conversation has none, for nothing was spent on it; it has the replies of its `original`, if they are
    still known.
    """

    id: int
    parent_id: int | None
    role: str  # "user" or "assistant"
    text: str
    created_at: datetime
    replies: tuple[StoredReply, ...]
    sibling: int  # counted from 1
    siblings: int
    moment: str | None = None  # its caption, if it is pinned as a moment
    rating: Rating | None = None
    copied_from: int | None = None  # the id of the message that was copied, directly or through other copies
    original: tuple[StoredReply, ...] = ()

    @property
    def reply(self) -> StoredReply | None:
        """The newest of its replies."""
        return self.replies[-1] if self.replies else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands in the tree of its conversation."""

    id: int
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a message begins; `model` is what wrote it, if that is known."""

    role: str
    text: str
    model: str


@dataclass(frozen=True, slots=True)
class Fork:
    """The conversation that goes on from a copy, and the prompt that is still to be sent there; without a conversation
    there was nothing before the prompt."""

    conversation_id: str | None
    prompt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The ids of a turn that has begun, and the text that its message holds already.

    One that is `aside` stands in a branch beside the open one, and the conversation goes on without waiting for it.
    """

    conversation_id: str
    prompt_id: int
    reply_message_id: int
    reply_id: str
    text: str = ""
    aside: bool = False
