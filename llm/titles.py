"""The title of a conversation, made from its first prompt without asking a model."""

import re
import unicodedata

WIDTH = 44  # columns; a Chinese, Japanese or Korean character takes two
_MARKS = re.compile(r"^\s*((#+|>|[*-])\s+)+")  # of a heading, a quotation, a list


def title_from(prompt: str) -> str:
    """The prompt's first line with words, cut at a space where there is one; never empty."""
    line = next((line for line in map(_plain, prompt.splitlines()) if line), "New conversation")
    kept, width = [], 0
    for character in line:
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > WIDTH:
            cut = "".join(kept)
            head = cut.rpartition(" ")[0]
            return (head if len(head) > len(cut) // 2 else cut).rstrip(" ,.;:，。、") + "…"
        kept.append(character)
    return line


def _plain(line: str) -> str:
    visible = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in line)
    return " ".join(_MARKS.sub("", visible).split())
