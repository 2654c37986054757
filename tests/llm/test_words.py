"""Counts, times and beginnings in words."""

import pytest

from llm.words import beginning, counted, duration_text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (45.4, "45 s"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
        (1e7, "2,777 h 46 min"),
    ],
)
def test_times_are_told_as_one_would_say_them(seconds, words):
    assert duration_text(seconds) == words


def test_numbers_agree_with_their_nouns():
    words = counted(1, "run"), counted(1_200, "run"), counted(0, "request"), counted(2, "reply", "replies")
    assert words == ("1 run", "1,200 runs", "0 requests", "2 replies")


def test_a_text_is_shown_by_its_beginning_on_one_line():
    assert beginning("床前\n  明月光", 40) == "床前 明月光"
    assert beginning("床前明月光，疑是地上霜", 5) == "床前明月光…"
