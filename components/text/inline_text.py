"""Rewriting inside one block of Markdown, so that only what is meant to be Markdown is drawn as Markdown.

Whatever could load, run or be replaced is escaped, also where it might turn out to be harmless: a bracket is left
as a link only if its address begins with http, https or mailto, a backtick only if it has its partner.
"""

import re

from components.text.block import Block, apart
from components.text.formulas import write_formula, write_inline_formula
from components.text.links import SAFE_ADDRESS, write_bangs, write_closing, write_opening, write_url

_URL = r"[\w\-./:?#@&+,;=%~]"
# What Streamlit replaces by a typographic sign; it does so between spaces, at the ends of a text, and beside code.
ARROW = r"(?<![\w<>=~-])(?:<->|->|<-|--|>=|<=|~=)(?![\w<>=~-])"
_SYNTAX = re.compile(
    rf"""(?P<escaped>\\[!-/:-@\[-`{{-~]) | (?P<ticks>`+) | (?P<dollars>\$+)
    | (?P<url>(?i:{SAFE_ADDRESS}|www\.){_URL}+) | (?P<raw><{SAFE_ADDRESS}{_URL}+> | <[\w.+-]+@[\w.-]+> | ~~)
    | (?P<arrow>{ARROW}) | (?P<bangs>!+) | (?P<opening>\[\^?) | (?P<closing>\]) | (?P<single>[<~]) | (?P<colons>:+)""",
    re.VERBOSE,
)
_EMOJI = re.compile(r"(?:material/)?[\w+-]+:")


def inline(text: str) -> str:
    """One paragraph, heading, table row or stray line, made safe; containers' own marks may be in front of its lines.
    Takes time in proportion to its length."""
    block, position = Block(text), 0
    while match := _SYNTAX.search(text, position):
        if position < match.start():
            block.out.append(text[position : match.start()])
        kind = match.lastgroup or ""
        position = _HANDLERS[kind](block, match) if kind in _HANDLERS else match.end()
        if kind == "raw":
            block.out.append(match[0])
    block.out.append(text[position:])
    return "".join(block.out)


def _escaped(block: Block, match: re.Match[str]) -> int:
    if match[0] == "\\:":
        return match.start() + 1
    if match[0] in _TEX and (end := write_formula(block, match.start(), match[0], *_TEX[match[0]])):
        return end
    block.out.append(match[0])
    return match.end()


def _ticks(block: Block, match: re.Match[str]) -> int:
    """A code span stays as it is. One that would load an image if the page saw no code there (a table's cells end
    at bars, a block may end at a line) is shown as text."""
    ticks = match[0]
    closing = block.closing_ticks(len(ticks), match.end())
    body = block.text[match.end() : max(closing, match.end())]
    if closing < 0 or (("![" in body or "](" in body) and ("|" in body or "\n" in body)):
        block.out.append("\\`" * len(ticks))
        return match.end()
    block.out.append(ticks + body.replace("  \n", "\n") + ticks)
    return closing + len(ticks)


def _dollars(block: Block, match: re.Match[str]) -> int:
    start, width = match.start(), len(match[0])
    if width == 2 and (end := write_formula(block, start, "$$", "$$", "$$")):
        return end
    if width == 1 and (end := write_inline_formula(block, start)):
        return end
    block.out.append("\\$" * width)
    return match.end()


def _arrow(block: Block, match: re.Match[str]) -> int:
    first, second, rest = match[0][0], match[0][1], match[0][2:]
    block.out.append(("\\" if first in "<~" else "") + first + apart(second) + rest)
    return match.end()


def _single(block: Block, match: re.Match[str]) -> int:
    block.out.append("\\" + match[0])
    return match.end()


def _colons(block: Block, match: re.Match[str]) -> int:
    """Colons before a word: `:smile:` is kept apart, `:red[` escaped, 12:30 left alone."""
    colons, following = match[0], block.text[match.end() : match.end() + 1]
    if _EMOJI.match(block.text, match.end()):
        block.out.append(apart(colons))
    elif following.isalpha() or following == "_":
        block.out.append("\\:" * len(colons))
    else:
        block.out.append(colons)
    return match.end()


_TEX = {"\\(": ("\\)", "$"), "\\[": ("\\]", "$$")}
_HANDLERS = {
    "url": write_url,
    "escaped": _escaped,
    "ticks": _ticks,
    "dollars": _dollars,
    "arrow": _arrow,
    "bangs": write_bangs,
    "opening": write_opening,
    "closing": write_closing,
    "single": _single,
    "colons": _colons,
}
