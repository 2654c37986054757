"""What the store returns of reruns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from llm.types import Failure, Settings, Spent, Status, Timing
from storage.experiments.records import ExperimentState


class Way(StrEnum):
    """What stands before each prompt when it is asked again."""

    ORIGINAL = "original"  # what was said before it in the conversation
    OWN = "own"  # the earlier prompts with the replies that the rerun itself brought


@dataclass(frozen=True, slots=True)
class StoredRerun:
    """A rerun of one branch of a conversation without its turns, of which `answered` have their whole reply."""

    id: str
    conversation_id: str
    title: str  # the conversation's
    way: Way
    settings: Settings
    state: ExperimentState
    turns: int
    answered: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RerunTurn:
    """A turn of a rerun by the ids of its messages, and how its newest reply stands; turns count from 0.

    `message_id` is the new reply's message; it and the status are None before the turn is sent.
    """

    turn: int
    prompt_id: int
    original_id: int | None  # the reply that the prompt had
    message_id: int | None
    status: Status | None
    failure: Failure | None
    timing: Timing | None


@dataclass(frozen=True, slots=True)
class RerunSums:
    """What the turns took that have their whole new reply and had one before, then and now; times in seconds."""

    turns: int
    original: Spent
    new: Spent
    original_seconds: float
    new_seconds: float
