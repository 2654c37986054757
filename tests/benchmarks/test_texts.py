"""The texts that are measured are as long as is said, and they are Markdown."""

import pytest
from markdown_it import MarkdownIt

from benchmarks.texts import SECTION, pieces
from components.chat.message_text import LONGEST_DRAWN


@pytest.mark.parametrize("markdown", [False, True])
def test_a_text_has_as_many_pieces_as_tokens_and_its_mark_at_both_ends(markdown):
    for tokens in range(2, 3 * SECTION):
        said = pieces(tokens, "7f", markdown)
        assert len(said) == tokens
        assert all(said)
        assert "".join(said).startswith("BEGIN7f ")
        assert "".join(said).endswith("END7f")


def test_the_last_word_stands_alone_wherever_markdown_ends():
    for tokens in range(2, 3 * SECTION):
        *_, text, _ = MarkdownIt("gfm-like").disable("linkify").parse("".join(pieces(tokens, "7f", markdown=True)))
        assert text.content.endswith("END7f")
        assert text.type == "inline"


def test_a_section_has_all_that_a_renderer_finds_hard():
    kinds = {token.type for token in MarkdownIt("gfm-like").disable("linkify").parse("".join(pieces(300, "7f", True)))}
    assert {"heading_open", "bullet_list_open", "table_open", "fence"} <= kinds


def test_the_longest_text_is_drawn_whole_and_has_chinese_in_it():
    text = "".join(pieces(8_000, "7f", markdown=True))
    assert len(text) < LONGEST_DRAWN
    assert "模型" in text
