"""What differs between two texts, word by word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

MOST_COMPARISONS = 400_000_000  # pairs of words: they take 50 MB while they are compared

Word = tuple[str, str]  # and the white space after it
Step = tuple["Kind", str]


class Kind(StrEnum):
    """Which of the two texts a piece is in."""

    SAME = "same"
    REMOVED = "removed"  # only in the old text
    ADDED = "added"  # only in the new one


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; those that are not ADDED make up the old text, those that are not REMOVED the new one."""

    kind: Kind
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The fewest words to remove and to add that turn one text into the other, as pieces in reading order.

    Words are Unicode's (UAX 29): Chinese characters, Hiragana and signs stand alone. Where more than some 20,000 words
    of each lie between the first difference and the last they are compared by lines, and if these are too many too,
    not at all.
    """
    before, after = _words(old), _words(new)
    start, end = _common_ends(before, after)
    middles = before[start : len(before) - end], after[start : len(after) - end]
    if _too_many(*middles):
        middles = tuple([(line, "") for line in _text(words).splitlines(keepends=True)] for words in middles)
    changes = _changed(*middles) if _too_many(*middles) else _aligned(*middles)
    return _joined([(Kind.SAME, _text(before[:start])), *changes, (Kind.SAME, _text(before[len(before) - end :]))])


def _words(text: str) -> list[Word]:
    import regex

    words: list[Word] = []
    for part in filter(None, regex.split(r"(?V1w)\b", text)):
        if words and part.isspace():
            word, space = words[-1]
            words[-1] = word, space + part
        else:
            words.append((part, ""))
    return words


def _text(words: Sequence[Word]) -> str:
    return "".join(word + space for word, space in words)


def _common_ends(old: Sequence[Word], new: Sequence[Word]) -> tuple[int, int]:
    """How many words both begin with and, of the rest, end with."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    end = next((i for i in range(shorter - start) if old[-1 - i] != new[-1 - i]), shorter - start)
    return start, end


def _too_many(old: Sequence[Word], new: Sequence[Word]) -> bool:
    return len(old) * len(new) > MOST_COMPARISONS


def _aligned(old: Sequence[Word], new: Sequence[Word]) -> Iterator[Step]:
    """The changes between words, whatever the white space after them, and then those of the white space."""
    from rapidfuzz.distance import Indel

    numbers: dict[str, int] = {}  # rapidfuzz compares words by their hashes, and hashes may collide
    before, after = ([numbers.setdefault(word, len(numbers)) for word, _ in words] for words in (old, new))
    for code in Indel.opcodes(before, after):
        removed, added = old[code.src_start : code.src_end], new[code.dest_start : code.dest_end]
        if code.tag != "equal":
            yield from _changed(removed, added)
            continue
        for (word, space), (_, new_space) in zip(removed, added, strict=True):
            yield Kind.SAME, word
            yield from [(Kind.SAME, space)] if space == new_space else [(Kind.REMOVED, space), (Kind.ADDED, new_space)]


def _changed(removed: Sequence[Word], added: Sequence[Word]) -> list[Step]:
    return [(Kind.REMOVED, _text(removed)), (Kind.ADDED, _text(added))]


def _joined(steps: Iterable[Step]) -> list[Piece]:
    """The steps as pieces: between two that are the same at most one removed and then one added."""
    pieces = []
    for _, alike in groupby((step for step in steps if step[1]), key=lambda step: step[0] is Kind.SAME):
        run = list(alike)
        texts = ((kind, "".join(text for of, text in run if of is kind)) for kind in Kind)
        pieces += [Piece(kind, text) for kind, text in texts if text]
    return pieces
