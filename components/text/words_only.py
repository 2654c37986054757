"""The words of a text in Markdown, for a line that shows nothing else."""

import re

_OF_A_LINE = re.compile(
    r"^[ \t]*(?:(?:[-*_][ \t]*){3,}$|(?:`{3,}|~{3,}).*$|(?:(?:#{1,6}|>|[-*+])[ \t]+)+)", re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![A-Za-z0-9*])|`+")


def words_only(text: str) -> str:
    """A text on one line without the marks of its headings, lists, quotations, fences, links, emphasis and code."""
    lines = _OF_A_LINE.sub("", text)
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", lines)).split())
