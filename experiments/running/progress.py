"""How far an experiment has got, while it runs."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from experiments.running.steps import Standing, Standings
from llm.types import Outcome, Spent, Timing
from storage.experiments.records import RunId


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of an execution. Runs are counted without their judgements; `left` are those not under way."""

    runs: int
    done: int
    failed: int
    running: int
    left: int
    judged: int
    not_judged: int  # the judge failed: no score
    unjudged: int  # done, and still to be judged; 0 where there is no judge
    spent: Spent  # on runs, not on adopted ones
    spent_on_judging: Spent
    seconds_left: float | None  # None while nobody can tell
    concurrency: int  # how many requests may be under way now
    under_way: int = 0  # requests, judgements among them
    held: bool = False  # by the cap: what is left of it is reserved for those under way

    @property
    def unfinished(self) -> bool:
        """Whether anything can still be sent, what failed included."""
        return bool(self.left or self.failed or self.unjudged or self.not_judged)

    def reaches(self, cap: Decimal | None) -> bool:
        """Whether all of a cap in US dollars is spent."""
        return cap is not None and self.spent.cost + self.spent_on_judging.cost >= cap


class Tally:
    """Counts of a plan's requests by how they stand, what they cost and how long they took."""

    def __init__(self, ids: Iterable[RunId], standings: Standings, spent: Mapping[bool, Spent], judge: bool) -> None:
        """`spent` is what was spent before, by whether it was on judging; `judge` says whether there is one."""
        self.judge = judge
        wanted = set(ids)
        self.runs = len(wanted)
        self._standings = {id_: at for id_, at in standings.items() if RunId(id_.cell_id, id_.repetition) in wanted}
        self._counts = Counter((id_.judges, at) for id_, at in self._standings.items())
        self.spent = dict(spent)
        self._seconds, self._timed = 0.0, 0

    def record(self, id_: RunId, standing: Standing) -> None:
        """A request stands so now."""
        if id_ in self._standings:
            self._counts[id_.judges, self._standings[id_]] -= 1
        self._standings[id_] = standing
        self._counts[id_.judges, standing] += 1

    def charge(self, id_: RunId, outcome: Outcome) -> None:
        """Count what a reply used."""
        usage = outcome.reported or outcome.estimated
        if outcome.cost.amount or usage.input_tokens or usage.output_tokens:
            before = self.spent[id_.judges]
            self.spent[id_.judges] = before.plus(usage, outcome.cost, outcome.reported is not None)

    def time(self, timing: Timing | None) -> None:
        """Count how long a reply took."""
        if timing and timing.duration is not None:
            self._seconds += timing.duration
            self._timed += 1

    def count(self, standing: Standing, judges: bool = False) -> int:
        return self._counts[judges, standing]

    def progress(
        self, running: int, seconds_left: float | None, concurrency: int, under_way: int = 0, held: bool = False
    ) -> Progress:
        """This moment, with so many runs, and so many requests, under way."""
        done, failed = self.count(Standing.DONE), self.count(Standing.FAILED)
        judged, not_judged = (self.count(standing, judges=True) for standing in (Standing.DONE, Standing.FAILED))
        return Progress(
            runs=self.runs,
            done=done,
            failed=failed,
            running=running,
            left=max(0, self.runs - done - failed - running),
            judged=judged,
            not_judged=not_judged,
            unjudged=done - judged - not_judged if self.judge else 0,
            spent=self.spent[False],
            spent_on_judging=self.spent[True],
            seconds_left=seconds_left,
            concurrency=concurrency,
            under_way=under_way,
            held=held,
        )

    def within(self, cap: Decimal | None) -> float:
        """About how many more requests a cap in US dollars lets leave, if they cost what those so far did."""
        paid = sum(spent.replies - spent.unpriced for spent in self.spent.values())
        cost = sum(spent.cost for spent in self.spent.values())
        return math.inf if cap is None or not cost else float((cap - cost) / cost * paid)

    def seconds(self, requests: int, at_once: int) -> float | None:
        """How long so many requests will take, as long each as those so far; None if there were none."""
        return self._seconds / self._timed * requests / max(1, min(at_once, requests)) if self._timed else None
