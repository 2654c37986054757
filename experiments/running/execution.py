"""One plan being run: requests leave as fast as they may, until none is left or somebody says so."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Protocol

from experiments.running.phase import Phase
from experiments.running.progress import Progress, Tally
from experiments.running.steps import Backlog, Standing, Step, standing_of
from experiments.running.throttle import Throttle
from llm.replies.ledger import OverBudget
from llm.replies.observed import Observed
from llm.replies.reply_run import ReplyRun
from llm.types import Outcome, PlaygroundError, Status
from llm.wire.attempts import MOST_ATTEMPTS
from storage.experiments.records import ExperimentState, RunId

LOG = logging.getLogger("playground")
CONCERNS_ALL = frozenset({"authentication", "quota"})  # the kinds of failure that every other run would meet too
MOST_FAILURES = 10  # in a row: then something is wrong that the next runs would meet too
MOST_REFUSALS = 8  # in a row, with longer and longer pauses between them


class Sends(Protocol):
    """What starts a request, and what ends it."""

    def send(self, step: Step, refused: Callable[[float], None]) -> ReplyRun: ...
    def stop(self, run: ReplyRun) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast requests may leave, and how much they may cost in all, in US dollars; None is no limit."""

    concurrency: int  # requests under way at once
    per_minute: int | None = None
    cap: Decimal | None = None


class Execution(Observed):
    """The requests of one experiment or rerun from its start until the last one under way has ended; pages only
    observe it."""

    def __init__(self, id_: str, limits: Limits, steps: Iterable[Step], tally: Tally, sender: Sends) -> None:
        super().__init__()
        self.id = id_
        self.live = True
        self.trouble = ""  # why it paused by itself, in a sentence
        self.paused = self.cancelled = False  # nothing leaves any more
        self.closing = self.over = False
        self.done: Future[None] | None = None  # until all is written down
        self._limits, self._backlog, self._tally, self._sender = limits, Backlog(steps), tally, sender
        self._throttle = Throttle(limits.concurrency, limits.per_minute)
        self._under_way: dict[RunId, ReplyRun] = {}
        self._following: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._held = False  # all that is left to spend is reserved for what is under way
        self._ends = self._failures = 0
        self._began = time.monotonic()

    @property
    def progress(self) -> Progress:
        waiting, running = len(self._backlog), sum(not id_.judges for id_ in self._under_way.copy())
        under_way = len(self._under_way)
        requests = waiting + under_way + (self._backlog.runs + running if self._tally.judge else 0)
        seconds = self._seconds(max(under_way, math.ceil(min(requests, self._tally.within(self._limits.cap)))))
        return self._tally.progress(running, seconds, self._throttle.limit, under_way, self._held)

    def _seconds(self, requests: int) -> float | None:
        """Until so many requests have ended, as fast as since the start: calmer than what may be under way now."""
        per_minute, ended = self._limits.per_minute, self._ends + len(self._under_way) / 2
        if not self._ends:
            seconds = self._tally.seconds(requests, self._throttle.limit)
        else:
            seconds = (time.monotonic() - self._began) / ended * requests
        return max(seconds, 60 * requests / per_minute) if seconds is not None and per_minute else seconds

    def pause(self) -> None:
        """Let nothing more leave; what is under way comes to its end. Like all that follows: on the runner's loop."""
        self.paused = True
        self._wake()

    def resume(self) -> bool:
        """Take back a pause; False if there is none to be taken back, or nothing is under way any more."""
        if self.over or self.cancelled or self._may_go_on:
            return False
        self.paused, self.trouble = False, ""
        self._wake()
        return True

    def cancel(self) -> None:
        """Let nothing more leave, and stop what is under way."""
        self.cancelled = True
        for run in self._under_way.values():
            self._sender.stop(run)
        self._wake()

    def close(self) -> None:
        """Leave everything as it is, since the playground ends."""
        self.closing = True
        self._wake()

    async def run(self) -> None:
        """Make the requests, as many at once as may be, until none is left, or none may leave and all have ended."""
        try:
            while not self.closing and (self._under_way or (self._backlog and self._may_go_on)):
                wait = self._throttle.wait(len(self._under_way)) if self._may_leave else None
                if wait == 0:
                    await self._begin_next()
                else:
                    await self._change(wait)
        except Exception as fault:
            LOG.error("An experiment or a replay broke off.", exc_info=fault)
            self.trouble = "Something went wrong in the playground. Resume to try again."
        self.over = True
        for task in self._following:
            task.cancel()

    def end(self) -> None:
        """All is written down: nothing changes any more."""
        self.live = False
        self.wake()

    @property
    def phase(self) -> Phase:
        """What it is doing while it is live."""
        if self.cancelled:
            return Phase.CANCELLING
        return Phase.RUNNING if self._may_go_on else Phase.PAUSING

    @property
    def state(self) -> ExperimentState:
        """How far the experiment has got. It is done if every run has been sent, and judged where there is a judge."""
        if not self.over:
            return ExperimentState.RUNNING
        at = self.progress
        if not (at.left or at.unjudged):
            return ExperimentState.DONE
        return ExperimentState.CANCELLED if self.cancelled else ExperimentState.PAUSED

    @property
    def _may_go_on(self) -> bool:
        return not (self.paused or self.cancelled or self.trouble)

    @property
    def _may_leave(self) -> bool:
        return self._may_go_on and bool(self._backlog) and not self._held

    async def _change(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    def _wake(self) -> None:
        self._changed.set()
        self.wake()

    async def _begin_next(self) -> None:
        step, ends, departed = self._backlog.take(), self._ends, self._throttle.depart()
        try:
            run = await asyncio.to_thread(self._sender.send, step, partial(self._throttle.refused, departed))
        except PlaygroundError as trouble:
            self._backlog.put_first(step)
            if not isinstance(trouble, OverBudget):
                self.trouble = str(trouble)
            elif self._ends == ends:  # else what was reserved has been let go since
                self._held = bool(self._under_way)
                self.trouble = "" if self._held else str(trouble)
        else:
            self._under_way[step.id] = run
            task = asyncio.create_task(self._follow(step, run, departed))
            self._following.add(task)
            task.add_done_callback(self._following.discard)
            if self.cancelled:
                self._sender.stop(run)
        self.wake()

    async def _follow(self, step: Step, run: ReplyRun, departed: float) -> None:
        await run.ended.wait()
        del self._under_way[step.id]
        self._ends += 1
        self._held = False
        if run.outcome:
            self._take(step, run.outcome, departed)
        self._wake()

    def _take(self, step: Step, outcome: Outcome, departed: float) -> None:
        """Count what came of a request, and see what it means for the others."""
        failure, standing = outcome.failure, standing_of(outcome.status, outcome.failure)
        self._tally.record(step.id, standing)
        self._tally.charge(step.id, outcome)
        if standing is Standing.DONE:
            self._failures = 0
            self._throttle.answered()
            self._tally.time(outcome.timing)
            if self._tally.judge and not step.id.judges:
                self._backlog.put_first(replace(step, id=replace(step.id, judges=True)))
        elif standing is Standing.FAILED:
            self._failures += 1
            if failure.kind in CONCERNS_ALL or self._failures >= MOST_FAILURES:
                self.trouble = failure.sentence
        elif outcome.status is Status.FAILED:
            self._take_refusal(step, outcome, departed)

    def _take_refusal(self, step: Step, outcome: Outcome, departed: float) -> None:
        self._backlog.put_first(step)
        self._throttle.given_up(departed)
        asks_too_much = outcome.requests < MOST_ATTEMPTS  # it was not tried again: the server asks to wait for long
        if asks_too_much or self._throttle.refusals >= MOST_REFUSALS:
            self.trouble = outcome.failure.sentence
