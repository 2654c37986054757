"""Any order of turns, branches, deletions, crashes and restarts leaves what a plain model of a conversation says."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from llm.types import Status
from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from storage.store import Store
from tests.storage.samples import SENT, SETTINGS, outcome
from tests.torture import SEED

COST = outcome().cost.amount
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
WORDS = st.sampled_from(["你好", "重来", "好的。", "", "why?", "\0", "👩‍👧"])


@dataclass(eq=False)
class Request:
    """A reply as the model knows it."""

    id: str
    text_start: int = 0
    status: Status = Status.STREAMING
    sent: bool = False

    @property
    def counts(self):
        """Whether it used tokens, or may have: one that was interrupted before it was sent did not."""
        return self.status != Status.STREAMING and (self.status != Status.INTERRUPTED or self.sent)


@dataclass(eq=False)
class Node:
    """A message as the model knows it."""

    text: str
    parent: "Node | None"
    id: int = 0
    replies: list["Request"] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    prompt: bool = False
    copy_of: int | None = None

    @property
    def streaming(self):
        return bool(self.replies) and self.replies[-1].status == Status.STREAMING

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
    purged: bool = False
    nodes: list[Node] = field(default_factory=list)

    @property
    def busy(self):
        return any(node.streaming for node in self.nodes)

    def beside(self, node):
        """The siblings of a message, itself included."""
        return [other for other in self.nodes if other.parent is node.parent]


class StoreMachine(RuleBasedStateMachine):
    chats = Bundle("chats")

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "0" / "playground.db"
        self.store = Store(self.path)
        self.order: list[Chat] = []
        self.paid = Decimal(0)  # also in chats that are purged

    def grow(self, chat, turn, prompt):
        reply = Node("", prompt, turn.reply_message_id, [Request(turn.reply_id)])
        prompt.children.append(reply)
        chat.nodes.append(reply)
        chat.leaf = reply
        self.bring_up(chat)

    def bring_up(self, chat):
        if chat in self.order:
            self.order.remove(chat)
        self.order.insert(0, chat)

    def ask(self, chat, turn, text, parent):
        prompt = Node(text, parent, turn.prompt_id, prompt=True)
        if parent:
            parent.children.append(prompt)
        chat.nodes.append(prompt)
        self.grow(chat, turn, prompt)

    @rule(target=chats, text=WORDS)
    def begin(self, text):
        turn = self.store.replies.begin(None, text, text, SETTINGS)
        chat = Chat(turn.conversation_id)
        self.ask(chat, turn, text, None)
        return chat

    @rule(chat=chats, text=WORDS)
    def go_on(self, chat, text):
        if chat.deleted or chat.busy:
            with pytest.raises(ConversationGone if chat.deleted else ConversationBusy):
                self.store.replies.begin(chat.id, text, text, SETTINGS)
        else:
            self.ask(chat, self.store.replies.begin(chat.id, text, text, SETTINGS), text, chat.leaf)

    @rule(chat=chats, pick=st.integers(0, 50), seen=st.sampled_from(["the leaf", "itself", "nothing"]))
    def begin_again(self, chat, pick, seen):
        """Anywhere in the tree, by whoever has seen where it ends."""
        node = self.answer(chat, pick)
        leaf = {"the leaf": chat.leaf.id, "itself": node.id, "nothing": None}[seen]
        if chat.deleted or chat.busy or (seen != "the leaf" and node is not chat.leaf):
            with pytest.raises(self.refusal(chat)):
                self.store.replies.begin_again(node.id, SETTINGS, leaf)
        else:
            self.grow(chat, self.store.replies.begin_again(node.id, SETTINGS, leaf), node.parent)

    @rule(chat=chats, pick=st.integers(0, 50), text=WORDS, late=st.booleans())
    def begin_edited(self, chat, pick, text, late):
        prompts = [node for node in chat.nodes if node.prompt]
        node = prompts[pick % len(prompts)]
        if chat.deleted or chat.busy or late:
            with pytest.raises(self.refusal(chat)):
                self.store.replies.begin_edited(node.id, text, SETTINGS, node.id if late else chat.leaf.id)
        else:
            turn = self.store.replies.begin_edited(node.id, text, SETTINGS, chat.leaf.id)
            self.ask(chat, turn, text, node.parent)

    @rule(target=chats, chat=chats, pick=st.integers(0, 50))
    def fork(self, chat, pick):
        node = chat.nodes[pick % len(chat.nodes)]
        if chat.deleted or node.streaming:
            with pytest.raises(ConversationGone if chat.deleted else ConversationBusy):
                self.store.conversations.fork(node.id)
            return multiple()
        forked = self.store.conversations.fork(node.id)
        path = node.chain()[:-1] if node.prompt else node.chain()
        assert forked.prompt == (node.text if node.prompt else "")
        assert (forked.conversation_id is None) is (not path)
        return self.copied(forked.conversation_id, path) if path else multiple()

    def copied(self, conversation_id, path):
        chat = Chat(conversation_id)
        for node, message in zip(path, self.store.messages.path(conversation_id), strict=True):
            copy = Node(node.text, chat.leaf, message.id, copy_of=node.copy_of or node.id, prompt=node.prompt)
            if chat.leaf:
                chat.leaf.children.append(copy)
            chat.nodes.append(copy)
            chat.leaf = copy
        self.bring_up(chat)
        return chat

    @rule(chat=chats, other=chats, pick=st.integers(0, 50))
    def open_at(self, chat, other, pick):
        """A message of another conversation, or of one that is deleted, opens nothing."""
        node = other.nodes[pick % len(other.nodes)]
        found = node in chat.nodes and not chat.deleted
        assert self.store.messages.open_at(chat.id, node.id) is found
        if found and node not in chat.leaf.chain():
            chat.leaf = node.newest()

    @rule(chat=chats, pick=st.integers(0, 50), earlier=st.booleans())
    def begin_continuation(self, chat, pick, earlier):
        node = self.answer(chat, pick)
        if not node.replies:  # a copy
            return
        reply = node.replies[0 if earlier else -1]
        if chat.deleted or chat.busy or node is not chat.leaf or reply is not node.replies[-1]:
            with pytest.raises(self.refusal(chat)):
                self.store.replies.begin_continuation(reply.id, SETTINGS)
        else:
            turn = self.store.replies.begin_continuation(reply.id, SETTINGS)
            assert (turn.prompt_id, turn.reply_message_id, turn.text) == (node.parent.id, node.id, node.text)
            node.replies.append(Request(turn.reply_id, len(node.text)))
            self.bring_up(chat)

    @rule(chat=chats, text=WORDS, status=st.sampled_from([Status.COMPLETE, Status.STOPPED, Status.FAILED]))
    def finish(self, chat, text, status):
        """However it ends: by itself, by the user, by a fault. What stood before stays in front."""
        for node, reply in self.requests(chat):
            streams = reply.status == Status.STREAMING
            whole = node.text[: reply.text_start] + text
            assert self.store.replies.finish(reply.id, whole, "", outcome(status)) is streams
            if streams:
                node.text, reply.status = whole, status
                self.paid += COST

    @rule(chat=chats, text=WORDS)
    def save_partial(self, chat, text):
        for node, reply in self.requests(chat):
            whole = node.text[: reply.text_start] + text
            self.store.replies.save_partial(reply.id, whole, "")
            node.text = whole if reply.status == Status.STREAMING else node.text

    @rule(chat=chats)
    def record_request(self, chat):
        for _, reply in self.requests(chat):
            self.store.replies.record_request(reply.id, SENT)
            reply.sent = reply.sent or reply.status == Status.STREAMING

    @rule(chat=chats, pick=st.integers(0, 50), step=st.sampled_from([-1, 1]))
    def show_sibling(self, chat, pick, step):
        node = chat.nodes[pick % len(chat.nodes)]
        if chat.deleted:
            with pytest.raises(ConversationGone):
                self.store.messages.show_sibling(node.id, step)
            return
        leaf = self.store.messages.show_sibling(node.id, step)
        siblings = chat.beside(node)
        wanted = siblings.index(node) + step
        if 0 <= wanted < len(siblings):
            chat.leaf = siblings[wanted].newest()
        assert leaf == chat.leaf.id

    @rule(chat=chats)
    def delete(self, chat):
        self.store.conversations.delete(chat.id)
        chat.deleted = True

    @rule(chat=chats)
    def restore(self, chat):
        if chat.purged:
            with pytest.raises(ConversationGone):
                self.store.conversations.restore(chat.id)
        else:
            self.store.conversations.restore(chat.id)
            chat.deleted = False

    @rule()
    def purge(self):
        gone = [chat for chat in self.order if chat.deleted and not chat.busy]
        done = self.store.conversations.purge_deleted(timedelta(0))
        assert done is not any(chat.deleted and chat.busy for chat in self.order)
        for chat in gone:
            chat.purged = True
            self.order.remove(chat)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store(self.path)

    @rule()
    def crash(self):
        """The process is gone, its log is not folded; the next one finds the files as they stood."""
        crashed = self.path.parent
        self.path = crashed.with_name(str(int(crashed.name) + 1)) / self.path.name
        shutil.copytree(crashed, self.path.parent, ignore=shutil.ignore_patterns("*-shm"))
        self.store.close()
        self.store = Store(self.path)
        streaming = [reply for chat in self.order for _, reply in self.requests(chat) if reply.status == "streaming"]
        assert self.store.replies.interrupt_streaming() == len(streaming)
        for reply in streaming:
            reply.status = Status.INTERRUPTED

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
            assert [(m.sibling, m.siblings) for m in path] == [self.place(chat, node) for node in branch]
            assert [m.copied_from for m in path] == [node.copy_of for node in branch]
            tree = [] if chat.deleted else chat.nodes
            parents = [(place.id, place.parent_id) for place in self.store.messages.tree(chat.id)]
            assert parents == [(node.id, node.parent and node.parent.id) for node in tree]
            for message, node in zip(path, branch, strict=True):
                found = [(reply.id, reply.text_start, reply.status) for reply in message.replies]
                assert found == [(reply.id, reply.text_start, reply.status) for reply in node.replies]
            used = sum(reply.counts for _, reply in self.requests(chat))
            assert self.store.conversations.spent(chat.id).replies == used

    @invariant()
    def what_was_paid_stays_paid(self):
        assert self.store.replies.spending(None, LONG_AGO, LONG_AGO).month == self.paid

    @staticmethod
    def answer(chat, pick):
        answers = [node for node in chat.nodes if not node.prompt]
        return answers[pick % len(answers)]

    @staticmethod
    def requests(chat):
        return [(node, reply) for node in chat.nodes for reply in node.replies]

    @staticmethod
    def refusal(chat):
        """Why a reply of it cannot be repeated or continued, unless it is the newest that is shown."""
        return ConversationGone if chat.deleted else ConversationBusy if chat.busy else ConversationMoved

    @staticmethod
    def place(chat, node):
        siblings = chat.beside(node)
        return siblings.index(node) + 1, len(siblings)

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


@pytest.mark.torture
def test_many_long_lives_of_a_store():
    lives = settings(max_examples=1000, stateful_step_count=60, deadline=None, database=None)
    run_state_machine_as_test(seed(SEED)(StoreMachine), settings=lives)
