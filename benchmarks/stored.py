"""Conversations that are there before the playground starts, made by its own storage."""

import secrets
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.mock_server import MODEL
from benchmarks.texts import pieces
from llm.models.capabilities import BUILT_IN_MODEL
from llm.servers.local_model import BUILT_IN_NAME
from llm.types import Cost, Outcome, Parameters, Provenance, Settings, Status, Timing, Usage
from storage.store import Store

TOKENS = 50  # of a stored reply
END = Outcome(Status.COMPLETE, Usage(20, TOKENS), Cost(None, Provenance.UNPRICED), Timing(0.2, 0.7))
# A real model says what it likes, but JSON begins with a brace, by which the first token is known. The rest is short.
BUILT_IN = Settings(BUILT_IN_NAME, BUILT_IN_MODEL, Parameters(response_format="json_object", max_tokens=16))


@dataclass(frozen=True)
class Stored:
    """A conversation; END and `mark` are the last word of its last reply."""

    id: str
    mark: str
    messages: int

    @property
    def path(self) -> str:
        """Its address."""
        return f"/?c={self.id}"


def mock_settings(server_url: str) -> Settings:
    """The settings under which the playground talks to the mock server."""
    return Settings(urlsplit(server_url).netloc, MODEL)


def store_conversations(folder: Path, lengths: Iterable[int], settings: Settings) -> list[Stored]:
    """A conversation of so many messages (an even number) for each length, in the playground's file in this folder."""
    with closing(Store(folder / "playground.db")) as store:
        return [_conversation(store, length, settings) for length in lengths]


def store_tree(folder: Path, messages: int, branches: int, settings: Settings) -> Stored:
    """A conversation of so many messages and branches: all along the longest one there are prompts that were edited,
    with a reply each; the newest prompt is one of them."""
    with closing(Store(folder / "playground.db")) as store:
        stored = _conversation(store, messages - 2 * (branches - 1), settings)
        path = [message.id for message in store.messages.path(stored.id)]
        prompts = [path[2 * (number * len(path) // 2 // branches)] for number in range(1, branches - 1)]
        for prompt_id in [*prompts, path[-2]]:
            conversation = store.conversations.get(stored.id)
            turn = store.replies.begin_edited(
                prompt_id, f"Asked otherwise 换个问法 {stored.mark}", settings, conversation.leaf_id
            )
            store.replies.finish(turn.reply_id, f"BEGIN{stored.mark} END{stored.mark}", "", END)
        return Stored(stored.id, stored.mark, messages)


def _conversation(store: Store, messages: int, settings: Settings) -> Stored:
    mark, conversation_id = secrets.token_hex(4), None
    for left in range(messages // 2, 0, -1):
        prompt = f"Question {left} 问题 {mark}: what does the model read?"
        turn = store.replies.begin(conversation_id, prompt, f"{messages:,} messages", settings)
        text = "".join(pieces(TOKENS, mark if left == 1 else str(left), markdown=True))
        store.replies.finish(turn.reply_id, text, "", END)
        conversation_id = turn.conversation_id
    return Stored(conversation_id or "", mark, messages)
