"""Word-level differences: both texts can be rebuilt, and what changed is as small as words allow."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.reading import differences as room
from experiments.reading.differences import Kind, differences

words = st.sampled_from(
    [
        "the",
        "fox's",
        " ",
        "  ",
        "\n",
        "\n\n",
        "天",
        "气",
        "很好",
        "，",
        "カナ",
        "e\u0301",
        "👨‍👩‍👧",
        "\r\n",
        "3.5",
        "\ud800",
    ]
)
texts = st.lists(words, max_size=30).map("".join) | st.text(max_size=40)


def marked(old, new):
    """The pieces in a line: [-removed-] and {+added+}."""
    marks = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in differences(old, new))


def rebuilt(pieces):
    return tuple("".join(p.text for p in pieces if p.kind is not other) for other in (Kind.ADDED, Kind.REMOVED))


@given(texts, texts)
def test_both_texts_can_be_rebuilt(old, new):
    pieces = differences(old, new)
    assert rebuilt(pieces) == (old, new)
    assert all(piece.text for piece in pieces)


@given(texts, texts)
def test_no_two_pieces_of_a_kind_stand_together(old, new):
    kinds = [piece.kind for piece in differences(old, new)]
    assert all(kind is not following for kind, following in pairwise(kinds))


@given(texts)
def test_a_text_does_not_differ_from_itself(text):
    assert [piece.kind for piece in differences(text, text)] == [Kind.SAME] * bool(text)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("the quick brown fox", "the slow red fox", "the [-quick brown -]{+slow red +}fox"),
        ("I can't go.", "I can go!", "I [-can't -]{+can +}go[-.-]{+!+}"),
        ("the end", "the end of it", "the end{+ of it+}"),
        ("one two\nthree", "one two three", "one two[-\n-]{+ +}three"),
        ("a b c d e f g h", "b x c y d z e w", "[-a -]b {+x +}c {+y +}d {+z +}e [-f g h-]{+w+}"),
        ("今天天气很好", "今天天气不好！", "今天天气[-很-]{+不+}好{+！+}"),
        ("ひらがなです", "ひらがなだ", "ひらがな[-です-]{+だ+}"),
        ("cafe\u0301 au lait", "cafe au lait", "[-cafe\u0301 -]{+cafe +}au lait"),
        ("", "新的", "{+新的+}"),
        ("旧的", "", "[-旧的-]"),
        ("", "", ""),
    ],
)
def test_what_changed(old, new, line):
    assert marked(old, new) == line


def test_long_texts_are_compared_by_lines(monkeypatch):
    monkeypatch.setattr(room, "MOST_COMPARISONS", 9)
    old, new = "头\n春眠不觉晓\n处处闻啼鸟\n夜来风雨声\n尾", "头\n秋眠不觉晓\n处处闻啼鸟\n夜来风雪夜\n尾"
    assert marked(old, new) == ("头\n[-春眠不觉晓\n-]{+秋眠不觉晓\n+}处处闻啼鸟\n[-夜来风雨声\n-]{+夜来风雪夜\n+}尾")


@pytest.mark.parametrize("join", [" ", "\n"])
def test_very_long_texts_are_bounded_and_can_be_rebuilt(join):
    old, new = (
        join.join(f"{word}{i % modulus}" for i in range(60_000)) for word, modulus in (("字", 977), ("词", 983))
    )
    old, new = f"头{join}{old}{join}尾", f"头{join}{new}{join}尾"
    pieces = differences(old, new)
    assert rebuilt(pieces) == (old, new)
    assert (pieces[0].kind, pieces[-1].kind) == (Kind.SAME, Kind.SAME)
