"""Rewriting inside one block of Markdown, so that only what is meant to be Markdown is drawn as Markdown.

Whatever could load, run or be replaced is escaped, also where it might turn out to be harmless: a bracket is left
as a link only if its address begins with http, https or mailto, a backtick only if it has its partner.
"""

import re
from dataclasses import dataclass, field

from components.text.formulas import as_tex, is_formula, reads_as_mathematics

SAFE_ADDRESS = r"(?:https?://|mailto:)"
LONGEST_FORMULA = 2_000  # characters; bounds the search for the end of each formula

_URL = r"[\w\-./:?#@&+,;=%~]"
_ADDRESS = rf"{SAFE_ADDRESS}(?:(?!!\[)[^\s()<>\[\]\\`]|\((?:(?!!\[)[^\s()<>\[\]\\`])*\))*"
_ANGLED = rf"<{SAFE_ADDRESS}(?:(?!!\[)[^\s<>\[\]\\`])*>"
_TITLE = r"""(?:[ \t]+(?:"[^"\n\\`<\[\]]*"|'[^'\n\\`<\[\]]*'))?[ \t]*"""
_DESTINATION = re.compile(rf"\([ \t]*(?:{_ADDRESS}|{_ANGLED}){_TITLE}\)", re.IGNORECASE)
_DEFINITION = re.compile(rf":[ \t]*(?:{_ADDRESS}|{_ANGLED}){_TITLE}(?=\n|$)", re.IGNORECASE)
_URL_END = re.compile(r"[\s<`$\[\]\\:~]")
_BRACKET_AFTER_URL = re.compile(r"\](?:[\s(\[]|$)")
# What Streamlit replaces by a typographic sign; it does so between spaces, at the ends of a text, and beside code.
ARROW = r"(?<![\w<>=~-])(?:<->|->|<-|--|>=|<=|~=)(?![\w<>=~-])"
_SYNTAX = re.compile(
    rf"""(?P<escaped>\\[!-/:-@\[-`{{-~]) | (?P<ticks>`+) | (?P<dollars>\$+)
    | (?P<url>(?i:{SAFE_ADDRESS}|www\.){_URL}+) | (?P<raw><{SAFE_ADDRESS}{_URL}+> | <[\w.+-]+@[\w.-]+> | ~~)
    | (?P<arrow>{ARROW}) | (?P<bangs>!+) | (?P<opening>\[\^?) | (?P<closing>\]) | (?P<single>[<~]) | (?P<colons>:+)""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_EMOJI = re.compile(r"(?:material/)?[\w+-]+:")


def apart(text: str) -> str:
    """`text` in an element of its own without any style: Streamlit's emoji, icons and arrows, which it finds after
    escapes are gone, are not found across elements."""
    return f":color[{text}]{{}}"


@dataclass(slots=True)
class _Block:
    """A block on its way through."""

    text: str
    out: list[str] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)  # where an open one stands: in `out`, in `text`
    ticks: dict[int, list[int]] = field(default_factory=dict)  # where backtick runs of a length begin, last one first
    found: dict[str, int] = field(default_factory=dict)  # the last place where a closing mark was found

    def __post_init__(self) -> None:
        for run in reversed(list(re.finditer("`+", self.text))):
            self.ticks.setdefault(len(run[0]), []).append(run.start())

    def closing_ticks(self, length: int, position: int) -> int:
        """Where the next run of exactly this many backticks begins; -1 if there is none."""
        starts = self.ticks.get(length, [])
        while starts and starts[-1] < position:
            starts.pop()
        return starts[-1] if starts else -1

    def next_mark(self, mark: str, position: int) -> int:
        """Where a mark comes next, -1 if never; asked with growing positions, each part of the text is read once."""
        if (last := self.found.get(mark, 0)) >= 0 and last <= position:
            self.found[mark] = self.text.find(mark, position)
        return self.found[mark]

    def url_end(self, position: int) -> int:
        """Where a URL that the page finds by itself may end, or meets what is not meant to be part of it."""
        if self.found.get("", -1) < position:
            match = _URL_END.search(self.text, position)
            self.found[""] = match.start() if match else len(self.text)
        return self.found[""]


def inline(text: str) -> str:
    """One paragraph, heading, table row or stray line, made safe; containers' own marks may be in front of its lines.
    Takes time in proportion to its length."""
    block, position = _Block(text), 0
    while match := _SYNTAX.search(text, position):
        if position < match.start():
            block.out.append(text[position : match.start()])
        kind = match.lastgroup or ""
        position = _HANDLERS[kind](block, match) if kind in _HANDLERS else match.end()
        if kind == "raw":
            block.out.append(match[0])
    block.out.append(text[position:])
    return "".join(block.out)


def _url(block: _Block, match: re.Match[str]) -> int:
    """A URL without any marks is a link for the page, up to a space: it would swallow the backtick of a code span or
    the dollar of a formula, and with that turn code inside out. Such a one is left as text."""
    end = block.url_end(match.end())
    if end == len(block.text) or block.text[end].isspace() or _BRACKET_AFTER_URL.match(block.text, end):
        block.out.append(match[0])
    else:
        scheme = re.match(r"\w+", match[0]).end()  # type: ignore[union-attr]
        block.out.append(match[0][:scheme] + apart(match[0][scheme]) + match[0][scheme + 1 :])
    return match.end()


def _escaped(block: _Block, match: re.Match[str]) -> int:
    if match[0] == "\\:":
        return match.start() + 1
    if match[0] in _TEX and (end := _formula(block, match.start(), match[0], *_TEX[match[0]])):
        return end
    block.out.append(match[0])
    return match.end()


def _ticks(block: _Block, match: re.Match[str]) -> int:
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


def _dollars(block: _Block, match: re.Match[str]) -> int:
    start, width = match.start(), len(match[0])
    if width == 2 and (end := _formula(block, start, "$$", "$$", "$$")):
        return end
    if width == 1 and (end := _inline_formula(block, start)):
        return end
    block.out.append("\\$" * width)
    return match.end()


def _formula(block: _Block, start: int, opener: str, closer: str, fence: str) -> int:
    """Write the formula that begins at `start` and say where it ends; 0 if there is none."""
    opening = start + 2
    end = block.next_mark(closer, opening)
    if not opening < end < opening + LONGEST_FORMULA or block.text.find(opener, opening, end) >= 0:
        return 0
    body = re.sub(r"\s*\n[\s>]*", " ", block.text[opening:end]).strip()
    after = block.text[end + 2 : end + 3]
    if not is_formula(body) or after == "$" or (fence == "$" and after.isdigit()):
        return 0
    block.out.append(f"{fence}{as_tex(body)}{fence}")
    return end + 2


def _inline_formula(block: _Block, start: int) -> int:
    """`$x$`, but not the money in "US$100 and US$200" or "$5 to $10"."""
    end = block.text.find("$", start + 1, start + LONGEST_FORMULA)
    body = block.text[start + 1 : end]
    before, after = block.text[start - 1 : start], block.text[end + 1 : end + 2]
    if end < 0 or "\n" in body or body != body.strip() or before.isalnum() or after.isdigit() or after == "$":
        return 0
    if not is_formula(body) or not reads_as_mathematics(body, after):
        return 0
    block.out.append(f"${as_tex(body)}$")
    return end + 1


def _arrow(block: _Block, match: re.Match[str]) -> int:
    first, second, rest = match[0][0], match[0][1], match[0][2:]
    block.out.append(("\\" if first in "<~" else "") + first + apart(second) + rest)
    return match.end()


def _bangs(block: _Block, match: re.Match[str]) -> int:
    if block.text[match.end() : match.end() + 1] == "[":
        block.out.extend(["\\!"] * len(match[0]))
    else:
        block.out.append(match[0])
    return match.end()


def _opening(block: _Block, match: re.Match[str]) -> int:
    block.brackets.append((len(block.out), match.start()))
    block.out.append("\\[^" if match[0].endswith("^") else "[")
    return match.end()


def _closing(block: _Block, match: re.Match[str]) -> int:
    """A link, a definition or plain brackets. An address that is not allowed leaves the brackets as text."""
    end = match.end()
    following = block.text[end : end + 1]
    place, opening = block.brackets.pop() if block.brackets else (-1, -1)
    if following not in ("(", ":"):
        block.out.append("]")
        return end
    destination = (_DESTINATION if following == "(" else _DEFINITION).match(block.text, end)
    if destination is None or opening < 0:
        if opening >= 0:
            block.out[place] = "\\" + block.out[place].removeprefix("\\")
        block.out.append("\\]")
        return end
    if following == "(":
        _name_link(block, place, opening, end - 1)
    block.out.append("]" + destination[0])
    return destination.end()


def _name_link(block: _Block, place: int, opening: int, closing: int) -> None:
    """An image becomes a link with its description; a link without a text gets one."""
    is_image = opening > 0 and block.text[opening - 1] == "!" and block.text[opening - 2 : opening - 1] != "\\"
    if is_image:
        block.out[place - 1] = ""
    if _SPACE.match(block.text, opening + 1).end() == closing:  # type: ignore[union-attr]
        block.out.append("image" if is_image else "link")


def _single(block: _Block, match: re.Match[str]) -> int:
    block.out.append("\\" + match[0])
    return match.end()


def _colons(block: _Block, match: re.Match[str]) -> int:
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
    "url": _url,
    "escaped": _escaped,
    "ticks": _ticks,
    "dollars": _dollars,
    "arrow": _arrow,
    "bangs": _bangs,
    "opening": _opening,
    "closing": _closing,
    "single": _single,
    "colons": _colons,
}
