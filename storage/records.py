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


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message and its place among the siblings: the messages with the same parent, oldest first.

    An assistant message has a reply for each request that wrote a part of its text, in their order.
    """

    id: int
    parent_id: int | None
    role: str  # "user" or "assistant"
    text: str
    created_at: datetime
    replies: tuple[StoredReply, ...]
    sibling: int  # counted from 1
    siblings: int

    @property
    def reply(self) -> StoredReply | None:
        """The newest of its replies."""
        return self.replies[-1] if self.replies else None


@dataclass(frozen=True, slots=True)
class Turn:
    """The ids of a turn that has begun, and the text that its message holds already."""

    conversation_id: str
    prompt_id: int
    reply_message_id: int
    reply_id: str
    text: str = ""


class ExperimentState(StrEnum):
    """How far an experiment has got. One that is running in the file, but in no process, was interrupted."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ListedExperiment:
    """One line in the list of experiments."""

    id: str
    title: str
    state: ExperimentState
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StoredExperiment:
    """An experiment without its runs; its plan is JSON text."""

    id: str
    title: str
    state: ExperimentState
    plan: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunId:
    """A request of an experiment: a cell once, or what a judge is asked about that. Repetitions count from 0."""

    cell_id: str
    repetition: int
    judges: bool = False


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The newest reply of a run in figures; its text, and how it came about, stand in its conversation.

    One that is `adopted` was made, and paid for, in another experiment.
    """

    id: RunId
    adopted: bool
    conversation_id: str
    reply_id: str
    status: Status
    finish_reason: str | None
    failure: Failure | None
    reported: Usage | None
    estimated: Usage | None
    cost: Cost | None  # without its unit prices
    timing: Timing | None  # without its chunks; None while it streams and when nobody was there to see it end

    @property
    def usage(self) -> Usage:
        """The tokens as the server reported them, else as we estimated them, else none."""
        return self.reported or self.estimated or Usage()


@dataclass(frozen=True, slots=True)
class ListedComparison:
    """One line in the list of comparisons: how many columns it has, and how often each was asked."""

    id: str
    title: str
    columns: int
    repetitions: int
    blind: bool
    revealed: bool
    updated_at: datetime  # when its newest prompt was sent


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """A comparison without its messages, which stand in a conversation for each repetition of each column.

    One that is blind hides the settings of its columns until it is revealed.
    """

    id: str
    title: str
    columns: tuple[Settings, ...]
    repetitions: int
    blind: bool
    revealed: bool
    conversations: tuple[tuple[str, ...], ...]  # ids, by column and repetition

    @property
    def hidden(self) -> bool:
        """Whether nobody may see yet which column is which."""
        return self.blind and not self.revealed


@dataclass(frozen=True, slots=True)
class StoredVote:
    """What was said of the replies to one prompt; turns, which are a comparison's own prompts, and repetitions count
    from 0."""

    comparison_id: str
    turn: int
    repetition: int
    verdict: str  # the letter that the best column was hidden behind, "tie" or "both bad"


@dataclass(frozen=True, slots=True)
class VotedComparison:
    """The votes on a comparison that is revealed."""

    id: str
    columns: tuple[Settings, ...]
    votes: tuple[StoredVote, ...]
