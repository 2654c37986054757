"""What the Rerun page of one tab shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm.types import Settings

if TYPE_CHECKING:  # a chat needs none of it
    from experiments.rerunning.outlook import Outlook
    from storage.experiments.rerun_records import Way

DRAWN = 10  # turns at once


@dataclass
class Rerunning:
    """What is open: a rerun, or a new one of a conversation with what has been chosen for it."""

    conversation_id: str | None = None
    rerun_id: str | None = None  # None: a new one
    settings: Settings | None = None  # None: the conversation's
    way: Way | None = None  # None: on its own replies
    outlook: tuple[object, Outlook] | None = None  # the last one, and what it was computed of
    first: int = 0  # the turn drawn first
    by_word: bool = False  # word by word, not side by side

    def open(self, conversation_id: str | None, rerun_id: str | None = None) -> None:
        """Show a rerun, or a new one of a conversation."""
        if conversation_id != self.conversation_id:
            self.settings = self.way = self.outlook = None
        if (conversation_id, rerun_id) != (self.conversation_id, self.rerun_id):
            self.first = 0
        self.conversation_id, self.rerun_id = conversation_id, rerun_id
