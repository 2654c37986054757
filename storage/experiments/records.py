"""What the store returns of experiments and comparisons."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from llm.types import Cost, Failure, Settings, Status, Timing, Usage


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
