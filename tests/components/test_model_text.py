"""What a model or a user wrote is drawn as Markdown where it is Markdown, and otherwise exactly as written."""

import re
import time
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from components.text.model_text import inert, plain

PIECES = st.sampled_from(
    [
        *"![]()<>`~$|:\\*_#>-\n 	1a你😀&;",
        "![x](http://e/i.png)",
        "](",
        "]:",
        "![",
        "[a]: ",
        "[^1]",
        "http://e",
        "data:x",
        "```",
        "~~~",
        "$$",
        "\\[",
        "\\]",
        "\\(",
        "\\)",
        ":smile:",
        ":red[",
        "->",
        "\n\n",
        "    ",
        "- ",
        "> ",
        "|-|-|\n",
        "\n- ",
        "\n> ",
        "\n    ",
        "\n```\n",
        "<img src=http://e>",
        "javascript:alert(1)",
        '"',
        "'",
    ]
)
HOSTILE = st.lists(PIECES, max_size=40).map("".join)


def tokens_of(markdown: str):
    """All tokens of a complete parser, so that what a page would draw can be looked at."""
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


def links_of(markdown: str) -> list[str]:
    return [str(token.attrs["href"]) for token in tokens_of(markdown) if token.type == "link_open"]


class TestNothingLoads:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("![一只猫](http://e/cat.png)", "[一只猫](http://e/cat.png)"),
            ("![](http://e/cat.png)", "[image](http://e/cat.png)"),
            ("    ![x](http://e)", "[x](http://e)"),
            ("look!![a](http://e)", "look\\![a](http://e)"),
            ("![a][ref]", "\\![a][ref]"),
            ("![a]", "\\![a]"),
            ("[a!](data:x)[b](http://e)", "\\[a!\\](data\\:x)[b](http://e)"),
            ("http://e![a](http://f)", "http:color[:]{}//e[a](http://f)"),
            ("http://e/` ![x](http://f) `", "http:color[:]{}//e/` ![x](http://f) `"),
            ("[a](http://e` ![x](http://f) `", "\\[a\\](http:color[:]{}//e` ![x](http://f) `"),
            ("| `a | ![x](http://e) ` |", "| \\`a | [x](http://e) \\` |"),
        ],
    )
    def test_an_image_becomes_a_link(self, written, shown):
        assert inert(written) == shown

    @given(HOSTILE)
    @example("[a]: http://e '`'\n![x](http://e)`")
    @example("[a]: data:x '`'\ntext ` ![x](http://e) ` end")
    @example("$$\n```\n$$\n![x](http://e/i.png)")
    @example("[^1]: note\n\n    ![x](http://e)")
    @example("- ```\n![x](http://e)")
    def test_no_text_makes_an_image_html_or_a_link_elsewhere(self, text):
        shown = inert(text)
        kinds = {token.type for token in tokens_of(shown)}
        assert kinds.isdisjoint({"image", "html_block", "html_inline"})
        assert all(re.match(r"https?://|mailto:", href, re.I) for href in links_of(shown))

    @pytest.mark.parametrize(
        "address",
        ["javascript:alert(1)", "data:text/html,x", "java&#115;cript:x", "/live/1", "#a", "<data:x>", "\ndata:x"],
    )
    def test_a_link_that_leads_elsewhere_is_text(self, address):
        assert links_of(inert(f"[点这里]({address})")) == []
        assert links_of(inert(f"[点这里][1]\n\n[1]: {address}")) == []
        assert "点这里" in inert(f"[点这里]({address})")

    def test_html_is_text(self):
        assert inert("<b>x</b>") == "\\<b>x\\</b>"

    @pytest.mark.parametrize("mark", ["> ", "- ", ">"])
    def test_quotes_and_lists_end_at_a_depth_that_a_browser_can_draw(self, mark):
        depth = sum(
            token.type in ("blockquote_open", "list_item_open") for token in tokens_of(inert(mark * 500 + "深"))
        )
        assert depth <= 20

    def test_a_diagram_is_shown_as_its_source(self):
        assert inert("```mermaid\ngraph TD\n```") == "```text\ngraph TD\n```"


class TestNothingIsReplaced:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            (":red[你好]", "\\:red[你好]"),
            (":smile:", ":color[:]{}smile:"),
            ("\\:smile:", ":color[:]{}smile:"),
            (":material/home:", ":color[:]{}material/home:"),
            ("a -> b", "a -:color[>]{} b"),
            ("a <- b", "a \\<:color[-]{} b"),
            ("1 -- 2", "1 -:color[-]{} 2"),
            ("a <-> b", "a \\<:color[-]{}> b"),
            ("~5 or ~6", "\\~5 or \\~6"),
            ("[^1]", "\\[^1]"),
        ],
    )
    def test_what_only_streamlit_would_read_differently(self, written, shown):
        assert inert(written) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "12:30",
            "**粗体** and *kursiv*",
            "- a\n- b",
            "| a | b |\n|---|:-:|\n| 1 | 2 |",
            "~~x~~",
            "a\n\n---\n\nb",
            "# 标题",
            "[文档](https://e.org/a_(b)?c=1:d:e)",
            "<https://e.org>",
            "https://e.org:8080/a:b:c~d",
            "> 引用\n>\n> - x",
        ],
    )
    def test_markdown_stays(self, text):
        assert inert(text) == text

    def test_line_breaks_are_kept(self):
        assert inert("床前明月光\n疑是地上霜\n\n完") == "床前明月光  \n疑是地上霜\n\n完"


class TestCode:
    @pytest.mark.parametrize(
        "text",
        [
            "`![x](http://e) $5 :smile: ->`",
            "```py\n![x](http://e) # 注释 $5\n```",
            "~~~\n:red[x] -> $5",
            "```\n$5 and $6",
            "> ```\n> $5 -> <b>\n> ```",
            "- a\n\n      $5 -> <b>",
            "``a ` $5``",
            "a\n\n    $5 <b>",
        ],
    )
    def test_is_not_touched(self, text):
        assert inert(text) == text

    @given(st.text(alphabet="ab你$:<>![]()->~\\|\n ", max_size=60))
    def test_a_fence_keeps_whatever_is_in_it(self, code):
        text = f"```\n{code}\n```"
        assert inert(text) == dedent(text).strip()  # what st.markdown makes of it

    def test_a_backtick_without_a_partner_is_text(self):
        assert inert("a ` ![x](http://e)") == "a \\` [x](http://e)"


class TestMoneyAndFormulas:
    @pytest.mark.parametrize(
        "text",
        [
            "US$100 and US$200",
            "$5 to $10",
            "from $5-$10",
            "价格是$5到$10",
            "$PATH and $HOME",
            "$5/month or 50$ a year",
            "$",
        ],
    )
    def test_money_is_text(self, text):
        assert inert(text) == text.replace("$", "\\$")

    @pytest.mark.parametrize(
        "text", ["$x$", "$x^2 + y^2$", "$E = mc^2$", "the $n$th", "$2x + 3 = 7$", "面积 $\\pi r^2$"]
    )
    def test_a_formula_stays(self, text):
        assert inert(text) == text

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            (r"则 \( a_1 \)。", "则 $a_1$。"),
            ("$a<b$", "$a< b$"),
            (r"so \[x\] holds", "so $$x$$ holds"),
            ("\\[\nx\n+ y\n\\]", "$$\nx\n+ y\n$$"),
            ("- \\[ x \\]", "- $$\n  x\n  $$"),
            ("> $$ x\n> = 1 $$", "> $$\n> x\n> = 1\n> $$"),
            ("文字\n$$x$$", "文字\n$$\nx\n$$"),
        ],
    )
    def test_every_delimiter_of_tex_becomes_one_that_is_drawn(self, written, shown):
        assert inert(written) == shown


class TestPlain:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("你好, world (v1.2)", "你好, world (v1.2)"),
            ("*a* `b` [c](d) <b> $5", "\\*a\\* \\`b\\` \\[c\\](d) \\<b\\> \\$5"),
            ("![x](http://e)", "\\!\\[x\\](http:color[\\:]{}//e)"),
            ("- a", "\\- a"),
            ("-> a <-> b", "\\-:color[\\>]{} a \\<:color[\\-]{}\\> b"),
            ("# a", "\\# a"),
            ("1. a", "1\\. a"),
            ("a\n b", "a b"),
        ],
    )
    def test_shows_what_is_written(self, written, shown):
        assert plain(written) == shown

    @given(st.text(max_size=60))
    def test_makes_no_markdown_of_any_text(self, text):
        kinds = {token.type for token in tokens_of(plain(text))}
        assert kinds <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}


def test_half_a_character_is_replaced_and_two_halves_are_joined():
    assert inert("a\ud83d") == "a\ufffd"
    assert inert("\ud83d\ude00") == "😀"
    assert plain("\ude00") == "\ufffd"


@pytest.mark.parametrize(
    "piece",
    ["`", "[", "![a", "\\(", "$a ", "$$ a ", "\\[\n", ":", "!", "[](", "](http://a(", "> ", "```\n", "[x ", "<a."],
)
def test_the_time_grows_with_the_length_alone(piece):
    def seconds(length: int) -> float:
        start = time.process_time()
        inert.__wrapped__(piece * (length // len(piece)))
        return time.process_time() - start

    # Sixteen times the text takes sixteen times as long, with room for noise; a quadratic path would take 256 times.
    assert seconds(80_000) < 80 * seconds(5_000) + 0.2


def test_an_address_with_a_placeholder_is_text_and_reads_as_written():
    assert inert("See http://example.com/<id>/edit") == "See http:color[:]{}//example.com/\\<id>/edit"
