"""Blind votes as win rates."""

from experiments.reading.statistics.intervals import wilson
from experiments.reading.votes import Verdict, Vote, WinRate, win_rates


def votes(a, b, verdicts):
    return [Vote(a, b, Verdict(verdict)) for verdict in verdicts]


def test_wins_losses_and_draws():
    cast = votes("热", "冷", ["A", "A", "B", "tie", "both bad"]) + votes("冷", "热", ["B"])
    first, second = win_rates(cast)
    assert first == WinRate("热", wins=3, losses=1, ties=1, both_bad=1)
    assert second == WinRate("冷", wins=1, losses=3, ties=1, both_bad=1)
    assert (first.n, first.rate, second.rate) == (6, 4 / 6, 2 / 6)


def test_the_interval_is_wilsons_with_draws_as_halves():
    [first, _] = win_rates(votes("热", "冷", ["A", "A", "tie"]))
    assert first.interval == wilson(2.5, 3)


def test_a_setting_against_itself_says_nothing():
    assert win_rates(votes("热", "热", ["A", "tie"])) == []


def test_more_than_two_settings():
    cast = votes("a", "b", "A") + votes("b", "c", "A") + votes("a", "c", "A")
    assert [(rate.setting, rate.rate) for rate in win_rates(cast)] == [("a", 1), ("b", 0.5), ("c", 0)]


def test_the_rates_of_a_duel_add_up_to_one():
    assert sum(rate.rate for rate in win_rates(votes("热", "冷", ["A", "B", "tie", "both bad", "A"]))) == 1
