"""What is mathematics and what is money, and which of it may be left to TeX."""

import re

from components.text.block import Block

LONGEST_FORMULA = 2_000  # characters; bounds the search for the end of each formula

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


def write_formula(block: Block, start: int, opener: str, closer: str, fence: str) -> int:
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


def write_inline_formula(block: Block, start: int) -> int:
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
