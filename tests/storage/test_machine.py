"""Any order of turns, branches, deletions and restarts leaves what a plain model of a conversation says."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from llm.types import Status
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from storage.store import Store
from tests.storage.samples import SETTINGS, outcome

WORDS = st.sampled_from(["你好", "重来", "好的。", "", "why?", "\0", "👩‍👧"])


@dataclass(eq=False)
class Node:
    """A message as the model knows it."""

    text: str
    parent: "Node | None"
    id: int = 0
    reply_id: str | None = None
    streaming: bool = False
    children: list["Node"] = field(default_factory=list)

    def chain(self):
        return [*(self.parent.chain() if self.parent else []), self]

    def newest(self):
        return max([self, *(child.newest() for child in self.children)], key=lambda node: node.id)


@dataclass(eq=False)
class Chat:
    """A conversation as the model knows it."""

    id: str
    leaf: Node | None = None
    deleted: bool = False
    nodes: list[Node] = field(default_factory=list)

    @property
    def busy(self):
        return any(node.streaming for node in self.nodes)


class StoreMachine(RuleBasedStateMachine):
    chats = Bundle("chats")

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "playground.db")
        self.order: list[Chat] = []

    def grow(self, chat, turn, prompt):
        reply = Node("", prompt, turn.reply_message_id, turn.reply_id, streaming=True)
        prompt.children.append(reply)
        chat.nodes.append(reply)
        chat.leaf = reply
        if chat in self.order:
            self.order.remove(chat)
        self.order.insert(0, chat)

    def ask(self, chat, turn, text):
        prompt = Node(text, chat.leaf, turn.prompt_id)
        if chat.leaf:
            chat.leaf.children.append(prompt)
        chat.nodes.append(prompt)
        self.grow(chat, turn, prompt)

    @rule(target=chats, text=WORDS)
    def begin(self, text):
        turn = self.store.replies.begin(None, text, text, SETTINGS)
        chat = Chat(turn.conversation_id)
        self.ask(chat, turn, text)
        return chat

    @rule(chat=chats, text=WORDS)
    def go_on(self, chat, text):
        if chat.deleted or chat.busy:
            with pytest.raises(ConversationGone if chat.deleted else ConversationBusy):
                self.store.replies.begin(chat.id, text, text, SETTINGS)
        else:
            self.ask(chat, self.store.replies.begin(chat.id, text, text, SETTINGS), text)

    @rule(chat=chats, pick=st.integers(0, 50))
    def begin_again(self, chat, pick):
        replies = [node for node in chat.nodes if node.reply_id]
        node = replies[pick % len(replies)]
        if chat.deleted or chat.busy or node is not chat.leaf:
            with pytest.raises(self.refusal(chat)):
                self.store.replies.begin_again(node.id, SETTINGS)
        else:
            self.grow(chat, self.store.replies.begin_again(node.id, SETTINGS), node.parent)

    @rule(chat=chats, text=WORDS, status=st.sampled_from([Status.COMPLETE, Status.STOPPED, Status.FAILED]))
    def finish(self, chat, text, status):
        for node in (node for node in chat.nodes if node.reply_id):
            assert self.store.replies.finish(node.reply_id, text, "", outcome(status)) is node.streaming
            if node.streaming:
                node.text, node.streaming = text, False

    @rule(chat=chats, text=WORDS)
    def save_partial(self, chat, text):
        for node in (node for node in chat.nodes if node.reply_id):
            self.store.replies.save_partial(node.reply_id, text, "")
            node.text = text if node.streaming else node.text

    @rule(chat=chats, pick=st.integers(0, 50), step=st.sampled_from([-1, 1]))
    def show_sibling(self, chat, pick, step):
        node = chat.nodes[pick % len(chat.nodes)]
        self.store.messages.show_sibling(node.id, step)
        siblings = node.parent.children if node.parent else [node]
        wanted = siblings.index(node) + step
        if 0 <= wanted < len(siblings):
            chat.leaf = siblings[wanted].newest()

    @rule(chat=chats)
    def delete(self, chat):
        self.store.conversations.delete(chat.id)
        chat.deleted = True

    @rule(chat=chats)
    def restore(self, chat):
        self.store.conversations.restore(chat.id)
        chat.deleted = False

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store(Path(self.folder.name) / "playground.db")

    @invariant()
    def the_list_is_the_models(self):
        shown = [chat.id for chat in self.order if not chat.deleted]
        assert [entry.id for entry in self.store.conversations.recent(100)] == shown

    @invariant()
    def every_open_branch_is_the_models(self):
        for chat in self.order:
            branch = [] if chat.deleted else chat.leaf.chain()
            path = self.store.messages.path(chat.id)
            assert [(m.id, m.text) for m in path] == [(node.id, node.text) for node in branch]
            assert [(m.sibling, m.siblings) for m in path] == [self.place(node) for node in branch]
            assert self.store.conversations.spent(chat.id).replies == sum(
                node.reply_id is not None and not node.streaming for node in chat.nodes
            )

    @staticmethod
    def refusal(chat):
        """Why a reply of it cannot be repeated or continued, unless it is the newest that is shown."""
        return ConversationGone if chat.deleted else ConversationBusy if chat.busy else ConversationMoved

    @staticmethod
    def place(node):
        siblings = node.parent.children if node.parent else [node]
        return siblings.index(node) + 1, len(siblings)

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
