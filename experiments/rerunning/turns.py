"""The turns of a rerun: which are left, which failed and can be sent again, and what all of them came to so far."""

from collections.abc import Sequence

from experiments.running.progress import Tally
from experiments.running.steps import Standing, Step, standing_of
from llm.types import Spent, Status
from storage.experiments.records import RunId
from storage.experiments.rerun_records import RerunTurn, StoredRerun, Way

AT_ONCE = {Way.ORIGINAL: 3, Way.OWN: 1}  # requests under way; on its own replies each waits for the one before


def run_id(rerun_id: str, turn: int) -> RunId:
    """A turn as what is run counts it, by the rerun and the turn's place in it."""
    return RunId(rerun_id, turn)


def step(rerun_id: str, turn: RerunTurn) -> Step:
    """A turn as a request to be made; what it sends is read when it leaves, for it may build on the one before."""
    return Step(run_id(rerun_id, turn.turn))


def standing(turn: RerunTurn) -> Standing:
    """What is to be done about a turn."""
    return Standing.LEFT if turn.status is None else standing_of(turn.status, turn.failure)


def left(turns: Sequence[RerunTurn]) -> list[RerunTurn]:
    """The turns that have no reply of their own yet, neither a whole one nor a failed one."""
    return [turn for turn in turns if standing(turn) is Standing.LEFT]


def failed(way: Way, turns: Sequence[RerunTurn]) -> list[RerunTurn]:
    """The failed turns that can be sent again: on its own replies only the newest, for others were built upon."""
    begun = [turn for turn in turns if turn.status is not None]
    again = begun[-1:] if way is Way.OWN else begun
    return [turn for turn in again if standing(turn) is Standing.FAILED]


def tally(rerun: StoredRerun, turns: Sequence[RerunTurn], spent: Spent) -> Tally:
    """Counts of a rerun's turns, by what is recorded of them, and what it has spent."""
    ids = [run_id(rerun.id, turn.turn) for turn in turns]
    standings = {run_id(rerun.id, turn.turn): standing(turn) for turn in turns if turn.status is not None}
    counted = Tally(ids, standings, {False: spent, True: Spent()}, judge=False)
    for turn in turns:
        if turn.status is Status.COMPLETE:
            counted.time(turn.timing)
    return counted
