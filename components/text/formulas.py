"""What is mathematics and what is money, and which of it may be left to TeX."""

import re

_TEX_WORDS = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}")
_WORD = re.compile(r"[^\W\d_]{3,}")


def is_formula(body: str) -> bool:
    """Whether text between delimiters may be left to TeX: nothing in it would mean anything to Markdown outside."""
    return bool(body) and not any(mark in body for mark in ("$", "`", "![", "](", "\n\n")) and not body.endswith("\\")


def as_tex(body: str) -> str:
    """The same formula, in which no HTML can begin: TeX does not mind a space."""
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", body)


def reads_as_mathematics(body: str, after: str) -> bool:
    """Whether text between single dollars, followed by `after`, is mathematics, not the stretch between two prices."""
    words = _WORD.findall(_TEX_WORDS.sub(" ", body))
    if body[0].isdigit() or after.isalnum():
        return not words
    return len(words) < 2 or any(mark in body for mark in "\\^_=")
