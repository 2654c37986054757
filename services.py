"""The one place where store, runner and connections are built and joined; routes and pages share them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from exchange.desk import Desk
from experiments.comparing.comparisons import Comparisons
from llm.models import prices, tokens
from llm.replies.announcements import Announcements
from llm.replies.ledger import Ledger
from llm.replies.recorded import Playbacks
from llm.runner import Runner
from llm.servers import connections
from llm.servers.connections import Environment
from llm.servers.directory import Directory
from llm.servers.local_model import LocalModel, find_model
from llm.turns import Turns
from llm.types import PlaygroundError
from storage.file.lock import DataLock
from storage.store import Store

if TYPE_CHECKING:
    from experiments.reading.knobs import Knobs
    from experiments.reading.reader import Reader
    from experiments.rerunning.reruns import Reruns
    from experiments.running.executions import Executions

ROOT = Path(__file__).parent
UNDO = 10.0  # seconds in which a deletion can be taken back
TIDY_AGAIN = 1.0  # seconds until what could not be tidied is tried again
TIDY_RARELY = 300.0  # seconds between such trials at last
_building = threading.Lock()  # one at a time: what is built at the first look is built once


@dataclass(frozen=True)
class Services:
    """What every page and route works with."""

    opened: ExitStack
    store: Store
    runner: Runner
    local_model: LocalModel
    directory: Directory
    ledger: Ledger
    turns: Turns
    announcements: Announcements
    playbacks: Playbacks
    desk: Desk
    newest_at_start: int  # sequence number of the last reply of an earlier process

    @property
    def executions(self) -> Executions:
        """The experiments that run here; loaded when somebody first asks, for no chat needs them."""
        with _building:
            return self._executions

    @cached_property
    def _executions(self) -> Executions:
        from experiments.running.executions import Executions

        executions = Executions(self.store.experiments, self.store.runs, self.turns, self.runner)
        return self.opened.enter_context(closing(executions))

    @property
    def reruns(self) -> Reruns:
        """What reruns conversations; loaded when somebody first asks."""
        with _building:
            return self._reruns

    @cached_property
    def _reruns(self) -> Reruns:
        from experiments.rerunning.reruns import Reruns

        reruns = Reruns(self.store.reruns, self.store.messages, self.turns, self.runner)
        return self.opened.enter_context(closing(reruns))

    @cached_property
    def comparisons(self) -> Comparisons:
        """What sends the prompts of comparisons."""
        return Comparisons(self.store.comparisons, self.store.messages, self.turns)

    def delete_comparison(self, comparison_id: str) -> None:
        """Hide a comparison, ending what streams in it; all is gone once the undo has passed."""
        self.comparisons.stop(comparison_id)
        self.store.comparisons.delete(comparison_id)
        self._tidy_in(UNDO + 1)

    @property
    def reader(self) -> Reader:
        """What reads recorded experiments, and remembers what it measured; loaded when somebody first asks."""
        with _building:
            return self._reader

    @cached_property
    def _reader(self) -> Reader:
        from experiments.reading.reader import Reader

        return Reader(self.store.runs)

    @property
    def knobs(self) -> Knobs:
        """What works out whether knobs matter; loaded when somebody first asks."""
        with _building:
            return self._knobs

    @cached_property
    def _knobs(self) -> Knobs:
        from experiments.reading.knobs import Knobs

        return self.opened.enter_context(closing(Knobs()))

    def delete_experiment(self, experiment_id: str) -> None:
        """Hide an experiment with its runs, ending what streams in them; all is gone once the undo has passed."""
        if self.executions.find(experiment_id):
            self.executions.cancel(experiment_id)
        self.store.experiments.delete(experiment_id)
        self._tidy_in(UNDO + 1)

    def delete_conversations(self, conversation_ids: Sequence[str]) -> None:
        """Hide conversations, ending what streams in them; their text is gone once the undo has passed."""
        for conversation_id in conversation_ids:
            self.reruns.stop_in(conversation_id)  # first: where one of its replies ends, another one would leave
            live = self.turns.live_in(conversation_id)
            for reply in (*((live,) if live else ()), *self.turns.live_aside(conversation_id)):
                self.turns.stop(reply.id)
            self.playbacks.stop_in(conversation_id)
        self.store.conversations.delete(*conversation_ids)
        self._tidy_in(UNDO + 1)

    def tidy(self, older_than: timedelta = timedelta(seconds=UNDO), pause: float = TIDY_AGAIN) -> None:
        """End what a killed process left streaming and remove what was deleted.

        What is in the way of a removal may stay there for long: it is tried again after `pause` seconds, then ever more
        rarely. Trouble with the disk is looked after every second: until it has passed nothing is rewritten.
        """
        try:
            self.store.replies.interrupt_streaming(self.newest_at_start)
            if not self.store.conversations.purge_deleted(older_than):
                self._tidy_in(pause, min(2 * pause, TIDY_RARELY))
        except PlaygroundError:
            self._tidy_in(TIDY_AGAIN)

    def warm(self) -> None:
        """Load what the first turn would otherwise wait for, which is most of a second, and more for a model here."""
        connections.warm()
        self.store.warm()
        first = self.directory.get("")
        model = self.local_model.model if first.built_in else self.store.replies.last_model(first.name)
        tokens.warm(model or "", first.built_in)
        prices.warm()
        self.directory.warm()

    def _tidy_in(self, seconds: float, pause: float = TIDY_AGAIN) -> None:
        loop = self.runner.loop
        later = partial(loop.run_in_executor, None, self.tidy, timedelta(seconds=UNDO), pause)
        loop.call_soon_threadsafe(loop.call_later, seconds, later)

    def close(self) -> None:
        """End what streams, then close what is open."""
        self.opened.close()


@st.cache_resource(show_spinner=False, on_release=Services.close)
def services() -> Services:
    """The services of this server, built at the first call.

    Raises PlaygroundError, and leaves nothing open, if they cannot be: the next call tries again.
    """
    opened = ExitStack()
    try:
        app = _build(opened)
        app.tidy(timedelta(0))
    except BaseException:
        opened.close()
        raise
    return app


def _build(opened: ExitStack) -> Services:
    """The services, each of which `opened` will close before those that it works with."""
    environment = Environment(ROOT / ".env")
    values = environment.values()
    folder = ROOT / Path(values.get("PLAYGROUND_DATA", "").strip() or "data").expanduser()
    opened.enter_context(closing(DataLock(folder)))
    store = opened.enter_context(closing(Store(folder / "playground.db")))
    runner = opened.enter_context(closing(Runner()))
    local_model = opened.enter_context(closing(LocalModel(find_model(values))))
    directory = opened.enter_context(closing(Directory(environment, local_model, runner)))
    preferences = store.preferences
    ledger = Ledger(store.replies, lambda: preferences.get().budget)
    turns = Turns(store.replies, store.messages, directory, runner, ledger, lambda: preferences.get().timeouts)
    opened.enter_context(closing(turns))
    announcements = Announcements()
    playbacks = opened.enter_context(closing(Playbacks(store.replies, runner)))
    desk = opened.enter_context(closing(Desk(store.exchange, folder / "incoming")))
    known = (store, runner, local_model, directory, ledger, turns, announcements, playbacks, desk)
    return Services(opened, *known, store.replies.newest())


def warm() -> None:
    """Load in the background what the first turn would otherwise wait for."""
    threading.Thread(target=_warm, name="warm", daemon=True).start()


def _warm() -> None:
    with suppress(PlaygroundError):  # the page says it
        services().warm()


def close() -> None:
    """End what streams and close what is open, if anything was opened."""
    services.clear()
