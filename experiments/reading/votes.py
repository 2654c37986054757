"""Blind votes: how often a setting won."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from experiments.reading.statistics.intervals import Interval, wilson


class Verdict(StrEnum):
    """What a voter said of two replies whose settings were hidden."""

    A = "A"
    B = "B"
    TIE = "tie"
    BOTH_BAD = "both bad"


@dataclass(frozen=True, slots=True)
class Vote:
    """One verdict on the reply of setting `a` and that of setting `b`."""

    a: str
    b: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WinRate:
    """How a setting did over all votes that it stood in."""

    setting: str
    wins: int = 0
    losses: int = 0
    ties: int = 0
    both_bad: int = 0

    @property
    def n(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad

    @property
    def rate(self) -> float:
        """The share won, with half a win for a tie and for both bad."""
        return self._won / self.n

    @property
    def interval(self) -> Interval:
        """Wilson's interval of the rate; a little wide where there are ties, for they vary less than wins do."""
        return wilson(self._won, self.n)

    @property
    def interval_text(self) -> str:
        """The interval in per cent."""
        return f"{self.interval.low:.0%} to {self.interval.high:.0%}"

    @property
    def _won(self) -> float:
        return self.wins + (self.ties + self.both_bad) / 2


def win_rates(votes: Iterable[Vote]) -> list[WinRate]:
    """One entry for each setting that was voted on, the highest rate first.

    Draws count half for both sides, whichever of the two was said, as Chatbot Arena and AlpacaEval count them; how
    often both were bad stands apart. A vote between two replies of one setting says nothing of it and is left out. The
    rates depend on whom a setting met: they rank only settings that met the same ones.
    """
    counts: dict[str, dict[str, int]] = {}
    for vote in votes:
        if vote.a == vote.b:
            continue
        for setting, won in ((vote.a, Verdict.A), (vote.b, Verdict.B)):
            name = _DRAWS.get(vote.verdict) or ("wins" if vote.verdict == won else "losses")
            count = counts.setdefault(setting, {})
            count[name] = count.get(name, 0) + 1
    rates = [WinRate(setting, **count) for setting, count in counts.items()]
    return sorted(rates, key=lambda rate: -rate.rate)


_DRAWS = {Verdict.TIE: "ties", Verdict.BOTH_BAD: "both_bad"}
