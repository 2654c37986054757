"""What was said in one column of a comparison, prompt by prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.records import StoredMessage


@dataclass(frozen=True)
class Exchange:
    """A prompt, and the reply below it if there is one."""

    prompt: StoredMessage
    reply: StoredMessage | None


def copied(messages: Sequence[StoredMessage]) -> Sequence[StoredMessage]:
    """What was copied from the chat that the comparison began with: replies that nothing was spent on here."""
    ends = [place for place, message in enumerate(messages, 1) if message.role == "assistant" and not message.replies]
    return messages[: ends[-1] if ends else 0]


def exchanges(messages: Sequence[StoredMessage]) -> list[Exchange]:
    """The comparison's own prompts, each with its reply."""
    own = messages[len(copied(messages)) :]
    replies = {message.parent_id: message for message in own if message.role == "assistant"}
    return [Exchange(message, replies.get(message.id)) for message in own if message.role == "user"]
