"""The parts below the pages, joined as the pages join them, for tests that need no page."""

import time

from experiments.rerunning.reruns import Reruns
from experiments.running.executions import Executions
from llm.replies.ledger import Ledger
from llm.replies.live import LiveReply
from llm.runner import Runner
from llm.servers.connections import Environment
from llm.servers.directory import Directory
from llm.servers.local_model import LocalModel
from llm.turns import Turns
from llm.types import Budget, Parameters, Preferences, Settings, Timeouts

KEY = "sk-test-0123456789"


class Playground:
    """A store, a server's connection and the turns between them."""

    def __init__(self, store, upstream, folder, directory=Directory):
        self.folder = folder
        (folder / ".env").write_text(f"OPENAI_BASE_URL={upstream.base_url}\nOPENAI_API_KEY={KEY}\n")
        self.store, self.runner = store, Runner()
        self.directory = directory(Environment(folder / ".env"), LocalModel(None), self.runner)
        preferences = store.preferences
        self.ledger = Ledger(store.replies, lambda: preferences.get().budget)
        self.turns = Turns(
            store.replies,
            store.messages,
            self.directory,
            self.runner,
            self.ledger,
            lambda: preferences.get().timeouts,
        )
        self.executions = Executions(store.experiments, store.runs, self.turns, self.runner)
        self.reruns = Reruns(store.reruns, store.messages, self.turns, self.runner)
        self.name = self.directory.all()[0].name

    def close(self):
        self.executions.close()
        self.reruns.close()
        self.turns.close()
        self.runner.close()

    def prefer(self, timeouts=Timeouts(), budget=Budget()):  # noqa: B008 (frozen values)
        self.store.preferences.save(Preferences(timeouts, budget))

    def settings(self, model="house-model", **parameters):
        return Settings(self.name, model, Parameters(**parameters))

    def send(self, prompt, conversation_id=None, settings=None) -> LiveReply:
        return self.turns.send(conversation_id, prompt, settings or self.settings())

    @property
    def conversation(self) -> str:
        """The conversation that was used last."""
        return self.store.conversations.recent(1)[0].id

    def regenerate(self, message, **settings):
        """The message of another reply, in the conversation that was used last."""
        return self.stored(self.turns.regenerate(self.conversation, message.id, self.settings(**settings)))

    def go_on(self, message, **settings):
        """The message with the rest of its text, in the conversation that was used last."""
        return self.stored(self.turns.continue_reply(self.conversation, message.reply.id, self.settings(**settings)))

    def stored(self, live: LiveReply):
        """The reply's message, once its end is committed."""
        wait_until(lambda: not live.live)
        return self.store.messages.path(live.conversation_id)[-1]

    def answer(self, prompt="go", **settings):
        """The message that a prompt leads to, in a new conversation."""
        return self.stored(self.send(prompt, settings=self.settings(**settings)))


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was never met"
        time.sleep(0.005)
