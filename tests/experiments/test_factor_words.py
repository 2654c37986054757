"""Factors and levels in words: a level reads as it is typed and sent, a factor as its control is called."""

import pytest

from components.sidebar.parameter_controls import HELP
from experiments.factor_words import factor_label, factor_title, labels, level_text, levels_line
from experiments.factors import read_factor


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (None, "default"),
        (0.0, "0"),
        (0.25, "0.25"),
        (1.234567, "1.234567"),
        (20_261_121, "20261121"),
        ("高", "高"),
        ("Be brief.", "“Be brief.”"),
        ("写" * 50, "“" + "写" * 39 + "…”"),
    ],
)
def test_a_level_reads_as_it_is_typed_and_sent(level, words):
    assert level_text(level) == words


@pytest.mark.parametrize(("name", "typed"), [("seed", "20261121"), ("temperature", "0.123456"), ("max_tokens", "4096")])
def test_a_number_that_is_typed_reads_the_same_again(name, typed):
    assert [level_text(level) for level in read_factor(name, typed).levels] == [typed]


def test_levels_that_begin_alike_are_numbered():
    alike = labels(("一" * 60 + "甲", "一" * 60 + "乙", "二"))
    assert alike == ["“" + "一" * 39 + "…” (1)", "“" + "一" * 39 + "…” (2)", "二"]


@pytest.mark.parametrize("name", HELP)
def test_a_factor_has_the_label_of_its_control(name):
    assert factor_label(name) == HELP[name].label


def test_within_a_sentence_it_is_called_as_one_would_say_it():
    assert [factor_title(name) for name in ("temperature", "top_p", "system_prompt")] == [
        "temperature",
        "top_p",
        "system prompt",
    ]
    assert levels_line([("temperature", 0.5), ("top_p", None)]) == "temperature 0.5, top_p default"
