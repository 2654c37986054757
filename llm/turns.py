"""Turns: a prompt in, a live reply out; what streams now, and how to stop it."""

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial
from typing import Any, Protocol

from llm.models.capabilities import problems
from llm.replies.ledger import Allowance, Ledger, Reservation
from llm.replies.live import LiveReply
from llm.replies.reply_run import Connector, ReplyRun, ReplyStore
from llm.runner import Runner
from llm.servers.connections import Connection
from llm.titles import title_from
from llm.types import Message, PlaygroundError, Settings, Status, Timeouts
from llm.wire.context import History
from llm.wire.requests import prepare

CLOSE_TIMEOUT = 5.0  # seconds that the end of the playground waits for replies to be committed


class TurnStore(ReplyStore, Protocol):
    """What a turn needs of the store's replies."""

    def begin(
        self, conversation_id: str | None, prompt: str, title: str, settings: Settings, leaf: int | None = None
    ) -> Any: ...
    def begin_again(self, reply_message_id: int, settings: Settings, leaf: int | None = None) -> Any: ...
    def begin_edited(self, prompt_id: int, prompt: str, settings: Settings, leaf: int) -> Any: ...
    def begin_continuation(self, reply_id: str, settings: Settings) -> Any: ...


class MessageStore(Protocol):
    """What a turn needs of the store's messages."""

    def context(self, message_id: int) -> History: ...


class Turns:
    """Starts replies on the runner and knows those that stream now; any thread may call it."""

    def __init__(
        self,
        replies: TurnStore,
        messages: MessageStore,
        connector: Connector,
        runner: Runner,
        ledger: Ledger,
        timeouts: Callable[[], Timeouts] = Timeouts,
    ) -> None:
        self._replies, self._messages, self._connector, self._runner = replies, messages, connector, runner
        self._ledger, self._timeouts = ledger, timeouts
        self._runs: dict[str, ReplyRun] = {}

    def send(self, conversation_id: str | None, prompt: str, settings: Settings, leaf: int | None = None) -> LiveReply:
        """Store the prompt, in a new conversation if none is given, and start its reply.

        `leaf` is the end of the open branch as it was seen; without it, the prompt goes below whatever is open.
        Raises PlaygroundError, with nothing stored or sent, if a value is out of range, a reply still streams, or
        nothing is left of the budget.
        """
        refuse_empty(prompt)
        self._check(conversation_id, settings, prompt)
        begin = partial(self._replies.begin, conversation_id, prompt, title_from(prompt), settings, leaf)
        return self._start(begin, settings).live

    def regenerate(
        self, conversation_id: str, reply_message_id: int, settings: Settings, leaf: int | None = None
    ) -> LiveReply:
        """Start another reply to the same prompt beside this one, and open it. Raises as `send` does.

        `leaf` is the end of the open branch as it was seen; without it, that is the reply.
        """
        self._check(conversation_id, settings)
        return self._start(partial(self._replies.begin_again, reply_message_id, settings, leaf), settings).live

    def edit(self, conversation_id: str, prompt_id: int, prompt: str, settings: Settings, leaf: int) -> LiveReply:
        """Store a prompt beside another one, start its reply, and open both. `leaf` as above; raises as `send` does."""
        refuse_empty(prompt)
        self._check(conversation_id, settings, prompt)
        return self._start(partial(self._replies.begin_edited, prompt_id, prompt, settings, leaf), settings).live

    def continue_reply(self, conversation_id: str, reply_id: str, settings: Settings) -> LiveReply:
        """Ask for the rest of a reply that was cut; it is added to the same message. Raises as `send` does."""
        self._check(conversation_id, settings)
        return self._start(partial(self._replies.begin_continuation, reply_id, settings), settings).live

    def run(
        self,
        begin: Callable[[], Any],
        prompt: str,
        settings: Settings,
        allowance: Allowance | None = None,
        refused: Callable[[float], None] = lambda _: None,
    ) -> ReplyRun:
        """Start the one reply of a conversation that `begin` stores with this prompt, as an experiment does.

        The most that it may cost is held before it is stored, beside the budget by the allowance. `refused` is told, on
        the runner's loop, how many seconds the server makes it wait. Raises PlaygroundError, with nothing stored or
        sent, if it cannot be sent; OverBudget if nothing is left to pay it.
        """
        connection = self._there(settings, prompt)
        prepared = prepare([(0, Message("user", prompt))], settings, connection)
        held = self._ledger.reserve(None, prepared, settings, connection, allowance)
        return self._start_held(begin, settings, held, refused)

    def run_aside(
        self,
        conversation_id: str,
        begin: Callable[[], Any],
        history: History,
        settings: Settings,
        refused: Callable[[float], None] = lambda _: None,
    ) -> ReplyRun:
        """Start a reply that `begin` stores below this history, beside the open branch of its conversation.

        All else is as in `run`: what it may cost is held before it is stored.
        """
        connection = self._there(settings)
        prepared = prepare(history, settings, connection)
        held = self._ledger.reserve(conversation_id, prepared, settings, connection)
        return self._start_held(begin, settings, held, refused)

    def refuse(self, conversation_id: str | None, prompt: str, settings: Settings) -> None:
        """Raise PlaygroundError if this prompt, with these settings, could not be sent there now as `send` does."""
        refuse_empty(prompt)
        self._ledger.refuse_overspent(conversation_id, settings, self._there(settings, prompt))

    def send_together(self, begin: Callable[[], Sequence[tuple[Settings, Any]]]) -> list[LiveReply]:
        """Start the replies of turns that `begin` stores in one go, each with its settings; none waits for another.

        Raises what `begin` does, with nothing sent. What else keeps one from being sent is how its reply ends.
        """
        timeouts = self._timeouts()
        return [self._follow(turn, settings, timeouts).live for settings, turn in begin()]

    def find_live(self, reply_id: str) -> LiveReply | None:
        run = self._runs.get(reply_id)
        return run.live if run else None

    def live_in(self, conversation_id: str) -> LiveReply | None:
        """The reply that streams in a conversation now, none of those that stream aside."""
        lives = [run.live for run in tuple(self._runs.values()) if not run.live.aside]
        return next((live for live in lives if live.live and live.conversation_id == conversation_id), None)

    def live_aside(self, conversation_id: str) -> list[LiveReply]:
        """The replies that stream beside the open branch of a conversation now."""
        lives = [run.live for run in tuple(self._runs.values()) if run.live.aside]
        return [live for live in lives if live.live and live.conversation_id == conversation_id]

    def stop(self, reply_id: str) -> None:
        """End a reply as stopped; what has arrived is kept. Nothing happens if it has ended already."""
        if run := self._runs.get(reply_id):
            self._runner.loop.call_soon_threadsafe(run.end_by, Status.STOPPED)

    def close(self) -> None:
        """End every reply as interrupted and wait until that is committed."""
        futures = [self._runner.submit(_interrupt(run)) for run in tuple(self._runs.values())]
        wait(futures, CLOSE_TIMEOUT)

    def _start(
        self,
        begin: Callable[[], Any],
        settings: Settings,
        held: Reservation | None = None,
        refused: Callable[[float], None] = lambda _: None,
    ) -> ReplyRun:
        timeouts = self._timeouts()  # before anything is stored: if they cannot be read, nothing has begun
        return self._follow(begin(), settings, timeouts, held, refused)

    def _start_held(
        self,
        begin: Callable[[], Any],
        settings: Settings,
        held: Reservation | None,
        refused: Callable[[float], None],
    ) -> ReplyRun:
        """Start a reply whose worst case is held already; that is let go if it cannot be stored."""
        try:
            return self._start(begin, settings, held, refused)
        except BaseException:
            self._ledger.release(held)
            raise

    def _follow(
        self,
        turn: Any,
        settings: Settings,
        timeouts: Timeouts,
        held: Reservation | None = None,
        refused: Callable[[float], None] = lambda _: None,
    ) -> ReplyRun:
        live = LiveReply(turn.reply_id, turn.conversation_id, turn.reply_message_id, turn.text, turn.aside)
        run = ReplyRun(live, settings, self._replies, self._connector, self._ledger, timeouts, held, refused)
        self._runs[live.id] = run
        newest = turn.reply_message_id if turn.text else turn.prompt_id
        future = self._runner.submit(run.run(partial(self._messages.context, newest)))
        future.add_done_callback(lambda _: self._runs.pop(live.id, None))
        return run

    def _check(self, conversation_id: str | None, settings: Settings, prompt: str = "") -> None:
        """Raise PlaygroundError if these cannot make a request, would tell a key, or nothing is left to pay it."""
        self._ledger.refuse_overspent(conversation_id, settings, self._sendable(settings, prompt))

    def _there(self, settings: Settings, prompt: str = "") -> Connection:
        """As `_sendable`, but no other connection stands in for one that is gone: each was chosen by its name."""
        connection = self._sendable(settings, prompt)
        if connection.name != settings.connection:
            raise PlaygroundError(f"The connection {settings.connection} is not there any more: choose another one.")
        return connection

    def _sendable(self, settings: Settings, prompt: str = "") -> Connection:
        """The connection of a request. Raises PlaygroundError if these cannot make one, or would tell a key."""
        if not settings.model:
            raise PlaygroundError("Choose a model in the sidebar, or type its name.")
        for sentence in problems(settings.parameters).values():
            raise PlaygroundError(sentence)
        self._connector.refuse_keys("this message", prompt)
        self._connector.refuse_keys("the settings", settings)
        return self._connector.get(settings.connection)


def refuse_empty(prompt: str) -> None:
    """Raise PlaygroundError if there is nothing to send."""
    if not prompt.strip():
        raise PlaygroundError("Type a message first.")


async def _interrupt(run: ReplyRun) -> None:
    run.end_by(Status.INTERRUPTED)
    await run.ended.wait()
