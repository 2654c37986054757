"""Links and images inside a block: an address of another kind than the allowed ones leaves no link."""

import re

from components.text.block import Block, apart

SAFE_ADDRESS = r"(?:https?://|mailto:)"
_ADDRESS = rf"{SAFE_ADDRESS}(?:(?!!\[)[^\s()<>\[\]\\`]|\((?:(?!!\[)[^\s()<>\[\]\\`])*\))*"
_ANGLED = rf"<{SAFE_ADDRESS}(?:(?!!\[)[^\s<>\[\]\\`])*>"
_TITLE = r"""(?:[ \t]+(?:"[^"\n\\`<\[\]]*"|'[^'\n\\`<\[\]]*'))?[ \t]*"""
_DESTINATION = re.compile(rf"\([ \t]*(?:{_ADDRESS}|{_ANGLED}){_TITLE}\)", re.IGNORECASE)
_DEFINITION = re.compile(rf":[ \t]*(?:{_ADDRESS}|{_ANGLED}){_TITLE}(?=\n|$)", re.IGNORECASE)
_BRACKET_AFTER_URL = re.compile(r"\](?:[\s(\[]|$)")
_SPACE = re.compile(r"\s*")


def write_url(block: Block, match: re.Match[str]) -> int:
    """A URL without any marks is a link for the page, up to a space: it would swallow the backtick of a code span or
    the dollar of a formula, and with that turn code inside out. Such a one is left as text."""
    end = block.url_end(match.end())
    if end == len(block.text) or block.text[end].isspace() or _BRACKET_AFTER_URL.match(block.text, end):
        block.out.append(match[0])
    else:
        scheme = re.match(r"\w+", match[0]).end()  # type: ignore[union-attr]
        block.out.append(match[0][:scheme] + apart(match[0][scheme]) + match[0][scheme + 1 :])
    return match.end()


def write_bangs(block: Block, match: re.Match[str]) -> int:
    """Exclamation marks: before a bracket they would make an image."""
    if block.text[match.end() : match.end() + 1] == "[":
        block.out.extend(["\\!"] * len(match[0]))
    else:
        block.out.append(match[0])
    return match.end()


def write_opening(block: Block, match: re.Match[str]) -> int:
    """A bracket, whose meaning its partner decides; never that of a footnote."""
    block.brackets.append((len(block.out), match.start()))
    block.out.append("\\[^" if match[0].endswith("^") else "[")
    return match.end()


def write_closing(block: Block, match: re.Match[str]) -> int:
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


def _name_link(block: Block, place: int, opening: int, closing: int) -> None:
    """An image becomes a link with its description; a link without a text gets one."""
    is_image = opening > 0 and block.text[opening - 1] == "!" and block.text[opening - 2 : opening - 1] != "\\"
    if is_image:
        block.out[place - 1] = ""
    if _SPACE.match(block.text, opening + 1).end() == closing:  # type: ignore[union-attr]
        block.out.append("image" if is_image else "link")
