"""Text that a model or a user wrote, made safe and faithful for Streamlit's Markdown.

`st.markdown` loads remote images, lets `data:` links live, reads `:red[..]`, `:smile:` and `->` as its own, and takes
two prices for a formula (facts measured with Streamlit 1.67 in a browser). The block structure comes from
markdown-it-py, so that code is exactly what CommonMark calls code; what is not code is rewritten.
"""

import re
from functools import lru_cache
from textwrap import dedent
from typing import TYPE_CHECKING

from components.text.block import apart
from components.text.formulas import as_tex, is_formula
from components.text.inline_text import ARROW, inline

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_RULE = re.compile(r"[\s|:+=*_>-]*")  # a rule, an underline, a table's second line: nothing to rewrite
_DEEP = re.compile(r"(?:\s*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){20}\s*(?=[>*+-])")
_DIAGRAM = re.compile("mermaid", re.I)
_FORMULA = {"$$": "$$", "\\[": "\\]"}
_LABEL_SYNTAX = re.compile(rf"(?P<arrow>{ARROW})|(?P<apart>:+|@|(?<=www)\.)|[\\`*_\[\]<>~$&|!]")
_LABEL_START = re.compile(r"[+\-#]|\d+[.)]")


@lru_cache(maxsize=512)
def inert(text: str) -> str:
    """Markdown of a message for `st.markdown`: nothing in it loads, and all that is not Markdown reads as written.

    Images become links; links to other than http, https and mailto become text, as do HTML, Streamlit's own
    directives, footnotes and money; TeX in any of its delimiters becomes a formula. Line breaks are kept. Code is not
    touched, except that a mermaid diagram is shown as its source. Takes time in proportion to the text's length.
    """
    lines = _as_streamlit_takes_it(_without_surrogates(text)).split("\n")
    out: list[str] = []
    position = 0
    for kind, start, end, block in _blocks("\n".join(lines)):
        out.extend(map(_stray, lines[position:start]))
        out.append(_rewritten(kind, lines[start:end], block))
        position = end
    out.extend(map(_stray, lines[position:]))
    return "\n".join(out)


def plain(text: str) -> str:
    """Text for a label, caption, title or error, shown exactly as it is, on one line, without any Markdown.

    Only for what Streamlit reads as Markdown: a selectbox or a placeholder shows text literally by itself.
    """
    line = " ".join(_without_surrogates(text).split())
    escaped = _LABEL_SYNTAX.sub(_literally, line)
    start = _LABEL_START.match(line)
    return escaped[: start.end() - 1] + "\\" + escaped[start.end() - 1 :] if start and escaped[0] != "\\" else escaped


def _literally(match: re.Match[str]) -> str:
    marks = ["\\" + character for character in match[0]]
    if match["arrow"]:
        return marks[0] + apart(marks[1]) + "".join(marks[2:])
    return apart("".join(marks)) if match["apart"] else marks[0]


def _without_surrogates(text: str) -> str:
    """Halves of a character, which JSON may hold and UTF-8 may not, joined or replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _as_streamlit_takes_it(text: str) -> str:
    """`st.markdown` removes common indentation and the space around a text: what is code is known only after that."""
    return dedent(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")).strip()


def _stray(line: str) -> str:
    """A line of no block: between blocks, or nested deeper than the parser looks and a browser could draw."""
    deep = _DEEP.match(line)
    if deep:
        return deep[0] + "\\" + inline(line[deep.end() :])
    return line if _RULE.fullmatch(line) else inline(line)


def _rewritten(kind: str, lines: list[str], block: str) -> str:
    match kind:
        case "code":
            return "\n".join(lines)
        case "diagram":
            return "\n".join([_DIAGRAM.sub("text", lines[0]), *lines[1:]])
        case "formula":
            return block
        case "paragraph":
            return inline("\n".join([*(_ending_in_break(line) for line in lines[:-1]), lines[-1]]))
        case _:
            return inline("\n".join(lines))


def _ending_in_break(line: str) -> str:
    return line if line.endswith("\\") else line.rstrip() + "  "


def _blocks(text: str) -> list[tuple[str, int, int, str]]:
    """(kind, first line, line after the last, rewritten text of a formula) of each block that is not a single line."""
    found: list[tuple[str, int, int, str]] = []
    parent = ""
    for token in _parser().parse(text):
        kind = {"fence": "code", "code_block": "code", "math_block": "formula"}.get(token.type)
        if token.type == "inline" and parent in ("paragraph_open", "heading_open"):
            kind = parent.removesuffix("_open")
        if kind == "code" and _DIAGRAM.match(token.info.strip()):
            kind = "diagram"
        if kind and token.map:
            found.append((kind, *token.map, token.content))
        parent = token.type
    return found


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["reference", "html_block", "inline"])
    parser.block.ruler.before("fence", "math_block", _math_block, {"alt": ["paragraph", "blockquote", "list"]})
    return parser


def _math_block(state: "StateBlock", first: int, last: int, silent: bool) -> bool:
    """A markdown-it rule: a formula on lines of its own, from `$$` or `\\[` to the partner that ends a line."""
    begin = state.bMarks[first] + state.tShift[first]
    opener = state.src[begin : begin + 2]
    if opener not in _FORMULA or state.is_code_block(first):
        return False
    body = _formula_lines(state, first, last, opener)
    if body and not silent:
        prefix = state.src[state.src.rfind("\n", 0, begin) + 1 : begin]
        rest = re.sub(r"[^>\s]", " ", prefix)
        token = state.push("math_block", "", 0)
        token.map = [first, first + len(body)]
        token.content = "\n".join([prefix + "$$", *(rest + as_tex(line) for line in body if line), rest + "$$"])
        state.line = first + len(body)
    return bool(body)


def _formula_lines(state: "StateBlock", first: int, last: int, opener: str) -> list[str]:
    """The formula's lines without its delimiters, as many as there are in the source; none if it is not one."""
    lines: list[str] = []
    for line in range(first, last):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return []
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        text = text.removeprefix(opener) if line == first else text
        is_last = text.endswith(_FORMULA[opener])
        lines.append(text.removesuffix(_FORMULA[opener]).strip() if is_last else text.strip())
        if lines[-1] and (not is_formula(lines[-1]) or opener in lines[-1]):
            return []
        if is_last:
            return lines if any(lines) else []
    return []
