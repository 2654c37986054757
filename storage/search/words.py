"""What a word is, in what is stored and in what is searched for: one rule, which never changes.

Never, because a text leaves the index only by the very words that it was put in with. So the rule asks Unicode 3.2,
which every Python carries beside its own, newer one; a character that came later is a word of its own, as emoji are,
and as it is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import ucd_3_2_0 as unicode

from storage.columns import encodable

MOST_WORDS = 64  # of a search; those behind them are not looked for
MOST_MARKED = 100_000  # characters of a text in which words are marked
BEFORE, EXCERPT = 40, 160  # characters: before the first word that was found, and in all
WINDOW, AROUND = 5_000, 500  # characters in which a first word is looked for at once, and of what stands around them

# Scripts that put no spaces between words: Chinese, Japanese, Korean (which does, but glues particles on), Thai and its
# neighbours. Each of their characters is a word, so that a word of theirs is found as a row of characters.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1100, 0x11FF),
    (0x1780, 0x17FF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x318F),
    (0x31A0, 0x31FF),
    (0x3400, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),
    (0x16FE0, 0x18DFF),
    (0x1AFF0, 0x1B2FF),
    (0x20000, 0x3FFFF),
)
_ACCENTS = range(0x0300, 0x0370)
_VARIANTS = range(0xFE00, 0xFE10)


class _Spelling(dict[int, str]):
    """How each character is spelled in the index, by its number, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = spelled = _spelled(chr(code))
        return spelled


def _spelled(character: str) -> str:
    """Folded, without accents; a space for what stands between words, nothing for what is not seen."""
    code, kind = ord(character), unicode.category(character)
    if code in _ACCENTS or code in _VARIANTS or kind == "Cf":
        return ""
    symbol = code > 127 and (kind[0] == "S" or kind == "Cn")
    alone = symbol or any(first <= code <= last for first, last in _UNSPACED)
    if not alone and kind[0] not in "LMN":
        return " "
    decomposed = unicode.normalize("NFKC" if alone else "NFKD", _folded(character))
    folded = "".join(map(_folded, decomposed))
    kept = [each for each in folded if ord(each) not in _ACCENTS and _in_words(each, symbol)]
    return f" {' '.join(kept)} " if alone else "".join(kept)


def _folded(character: str) -> str:
    """In small letters, where Unicode 3.2 knows both: others are folded by one Python and not by another."""
    small = character.casefold()
    return character if any(unicode.category(each) == "Cn" for each in character + small) else small


def _in_words(character: str, symbol: bool) -> bool:
    kind = unicode.category(character)
    return kind[0] in "LMN" or (symbol and ord(character) > 127 and (kind[0] == "S" or kind == "Cn"))


_SPELLING = _Spelling()


def spelled(text: str) -> str:
    """The words of a text with spaces between them, as the index takes them."""
    return encodable(text).translate(_SPELLING)


@dataclass(frozen=True)
class Words:
    """What is searched for: rows of words, each of which must occur; the last word may be the beginning of one."""

    rows: tuple[tuple[str, ...], ...]
    unfinished: bool

    def __bool__(self) -> bool:
        return bool(self.rows)

    def in_order(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Each row, and whether its last word may go on."""
        for place, row in enumerate(self.rows, 1):
            yield row, self.unfinished and place == len(self.rows)


def words_of(typed: str) -> Words:
    """The words of anything that was typed; what has no space in it is one row. Signs alone are none."""
    rows: list[tuple[str, ...]] = []
    left = MOST_WORDS
    for piece in typed.split():
        if row := tuple(spelled(piece).split()[:left]):
            rows.append(row)
            left -= len(row)
        if not left:
            break
    return Words(tuple(rows), bool(rows and left) and not spelled(typed[-MOST_MARKED:]).endswith(" "))


def marks(text: str, words: Words) -> list[tuple[int, int]]:
    """Where the words stand in a text: from and up to which character, none in another, in their order."""
    if not words:
        return []
    found = list(_pattern(words).finditer(text[:MOST_MARKED].translate(_SPELLING)))
    if not found:
        return []
    pieces = [_SPELLING[ord(character)] for character in text[:MOST_MARKED]]
    ends = list(accumulate(map(len, pieces)))
    return [
        (bisect_right(ends, match.start()), _end(pieces, bisect_right(ends, match.end() - 1) + 1)) for match in found
    ]


def _end(pieces: list[str], end: int) -> int:
    """The end with the accents that follow."""
    while end < len(pieces) and not pieces[end]:
        end += 1
    return end


def _pattern(words: Words) -> re.Pattern[str]:
    rows = [" +".join(map(re.escape, row)) + ("" if unfinished else "(?= |$)") for row, unfinished in words.in_order()]
    return re.compile(f"(?<![^ ])(?:{'|'.join(sorted(rows, key=len, reverse=True))})")


Marked = tuple[tuple[str, bool], ...]  # pieces of a text in their order, and whether each was searched for


def marked(text: str, words: Words) -> Marked:
    """The whole text on one line, with the words marked."""
    return _cut(text, marks(text, words), 0, len(text))


def excerpt(text: str, words: Words) -> Marked:
    """The part of a text where the first word stands, on one line, with the words marked; else its beginning."""
    first = _first(text, words)
    start = max(0, first - BEFORE)
    if start and (space := re.search(r"\s", text[start:first])):
        start += space.end()
    return _cut(text, _marks_within(text, words, start, start + EXCERPT), start, start + EXCERPT)


def _first(text: str, words: Words) -> int:
    """Where the first word stands, looked for no further than it takes; 0 if there is none."""
    for start in range(0, min(len(text), MOST_MARKED), WINDOW):
        if found := _marks_within(text, words, start, start + WINDOW):
            return found[0][0]
    return 0


def _marks_within(text: str, words: Words, start: int, end: int) -> list[tuple[int, int]]:
    """Where the words stand that begin between two places."""
    before = max(0, start - AROUND)
    found = ((before + first, before + last) for first, last in marks(text[before : end + AROUND], words))
    return [mark for mark in found if start <= mark[0] < end]


def _cut(text: str, found: list[tuple[int, int]], start: int, end: int) -> Marked:
    pieces, place = [("…", False)] if start else [], start
    for first, last in found:
        if first >= place and last <= end:
            pieces += [(text[place:first], False), (text[first:last], True)]
            place = last
    pieces += [(text[place:end], False), ("…" if end < len(text) else "", False)]
    lines = [(re.sub(r"\s+", " ", piece), is_word) for piece, is_word in pieces]
    return tuple(line for line in lines if line[0])
