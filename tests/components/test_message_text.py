"""How much of a very long text is drawn."""

import pytest

from components.chat.message_text import LONGEST_DRAWN, SHORTEST_LINE, beginning


@pytest.mark.parametrize("text", ["", "你好\n", "字" * LONGEST_DRAWN])
def test_a_text_of_usual_length_is_drawn_whole(text):
    assert beginning(text) == text


def test_a_very_long_text_is_cut_at_the_end_of_a_line():
    text = "一行文字\n" * LONGEST_DRAWN
    shown = beginning(text)
    assert text.startswith(shown)
    assert shown.endswith("\n")
    assert LONGEST_DRAWN - SHORTEST_LINE < len(shown) <= LONGEST_DRAWN


def test_a_text_without_lines_is_cut_at_the_limit():
    assert beginning("字" * (LONGEST_DRAWN + 1)) == "字" * LONGEST_DRAWN
