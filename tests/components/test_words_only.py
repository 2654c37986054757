"""Lines that show the words of Markdown alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.text.words_only import words_only


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("## 计划\n\n- **one**\n* two\n> ### 三", "计划 one two 三"),
        ("Use `print()`:\n```python\nprint(1)\n```", "Use print(): print(1)"),
        ("See [the docs](https://a.example/b) and ![a cat](cat.png)", "See the docs and a cat"),
        ("这是***重点***，*不是*全部", "这是重点，不是全部"),
        ("before\n\n---\n* * *\nafter", "before after"),
        ("It begins **bold and is cut", "It begins bold and is cut"),
        ("2 * 3 * 4, 2**3, a_b, C# and #tag, 1. first, -5", "2 * 3 * 4, 2**3, a_b, C# and #tag, 1. first, -5"),
        ("```", ""),
    ],
)
def test_a_line_shows_the_words_without_their_marks(markdown, words):
    assert words_only(markdown) == words


@given(st.text(alphabet="#*`~->[]()_ \n字a1", max_size=160))
def test_every_word_stays_whatever_the_marks_are(text):
    assert words_only(text).count("字") >= text.count("字") - sum(line.count("字") for line in fences(text))


def fences(text):
    """What can be the language of a fence, or the address of a link."""
    return [line for line in text.splitlines() if "```" in line or "~~~" in line or "](" in line]
