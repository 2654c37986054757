"""What differs between two texts, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_COMPARISONS = 400_000_000  # pairs of words: they take 50 MB while they are compared

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

    Words are Unicode's (UAX 29): Chinese characters and Hiragana stand alone, and so do spaces and signs. White space
    that alone is kept between two changes belongs to them. Texts that differ over more than some 20,000 words and
    spaces each are compared by lines; if the lines are too many too, all from the first difference to the last counts.
    """
    steps = _compared(_words(old), _words(new)) or _compared(_lines(old), _lines(new))
    return _joined(steps or list(_bounded(_words(old), _words(new))))


def _words(text: str) -> list[str]:
    import regex

    return [word for word in regex.split(r"(?V1w)\b", text) if word]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Step] | None:
    """The steps from one to the other, or None if they are too many to compare."""
    from rapidfuzz.distance import Indel

    start, end = _common_ends(old, new)
    if (len(old) - start - end) * (len(new) - start - end) > MOST_COMPARISONS:
        return None
    numbers: dict[str, int] = {}  # rapidfuzz compares words by their hashes, and hashes may collide
    before, after = ([numbers.setdefault(word, len(numbers)) for word in words] for words in (old, new))
    steps = []
    for code in Indel.opcodes(before, after):
        removed, added = old[code.src_start : code.src_end], new[code.dest_start : code.dest_end]
        steps += [(Kind.SAME, "".join(removed))] if code.tag == "equal" else _changed(removed, added)
    return steps


def _bounded(old: Sequence[str], new: Sequence[str]) -> Iterator[Step]:
    """All between the common beginning and the common end as one change."""
    start, end = _common_ends(old, new)
    yield Kind.SAME, "".join(old[:start])
    yield from _changed(old[start : len(old) - end], new[start : len(new) - end])
    yield Kind.SAME, "".join(old[len(old) - end :])


def _changed(removed: Sequence[str], added: Sequence[str]) -> list[Step]:
    return [(Kind.REMOVED, "".join(removed)), (Kind.ADDED, "".join(added))]


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with and, of the rest, end with."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    end = next((i for i in range(shorter - start) if old[-1 - i] != new[-1 - i]), shorter - start)
    return start, end


def _joined(steps: Sequence[Step]) -> list[Piece]:
    """The steps as pieces: between two that are the same at most one removed and then one added."""
    pieces: list[Piece] = []
    waiting: dict[Kind, list[str]] = {Kind.REMOVED: [], Kind.ADDED: []}

    def settle() -> None:
        for kind, texts in waiting.items():
            if text := "".join(texts):
                pieces.append(Piece(kind, text))
            texts.clear()

    for i, (kind, text) in enumerate(steps):
        lone_space = kind is Kind.SAME and text.isspace() and 0 < i < len(steps) - 1
        if kind is Kind.SAME and not lone_space:
            settle()
            pieces += [Piece(kind, text)] if text else []
            continue
        for side in waiting if lone_space else (kind,):
            waiting[side].append(text)
    settle()
    return pieces
