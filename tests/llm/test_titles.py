"""The title of a conversation comes from its first prompt."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from llm.titles import WIDTH, title_from


def test_a_short_prompt_is_its_own_title():
    assert title_from("Hello there") == "Hello there"


def test_a_long_prompt_is_cut_at_a_space():
    title = title_from("Explain the difference between threads and processes in Python")
    assert title == "Explain the difference between threads and…"


def test_chinese_is_cut_by_the_columns_that_it_takes():
    assert title_from("请" * 40) == "请" * 22 + "…"


def test_the_first_line_with_words_counts():
    assert title_from("\n\n  # Plan \nmore") == "Plan"


def test_a_prompt_without_words_has_a_title_too():
    assert title_from("\n \n") == "New conversation"


@given(st.text())
def test_a_title_is_one_short_line_of_visible_text(prompt):
    title = title_from(prompt)
    assert title
    assert len(title) <= WIDTH + 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in title)
