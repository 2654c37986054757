"""Byte-pair encoders built from the vocabularies in llm/models/data: nothing is ever downloaded."""

import binascii
import hashlib
import lzma
import threading
from dataclasses import dataclass
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_SUFFIX}|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_SUFFIX}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
# llama.cpp cuts at every digit first and applies GPT-2's pattern to each rest, for which the rest's end is the end.
_SMOLLM2 = r"\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary file: the pattern that splits text before bytes are paired, and the SHA-256 of its plain form.

    Patterns and hashes of the first two are those of tiktoken 0.14 (MIT); the third's are llama.cpp's "smollm" and
    our own extraction (llm/models/data/README.md).
    """

    name: str
    pattern: str
    sha256: str


VOCABULARIES = {
    v.name: v
    for v in (
        Vocabulary("o200k_base", _O200K, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        Vocabulary("cl100k_base", _CL100K, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
        Vocabulary("smollm2", _SMOLLM2, "8c1417c36cfcc9f2b614a7220ae0e18815d72e5b277f01f8c87bbb4edad27c8c"),
    )
}


class Encoder:
    """Counts the tokens of text in one vocabulary; special tokens in the text are ordinary text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        # CoreBPE and not tiktoken.Encoding, which keeps a second copy of the vocabulary: 27 MB for o200k_base.
        from tiktoken._tiktoken import CoreBPE

        ranks = _ranks(vocabulary)
        self._end = max(ranks.values()) + 1
        missing = {bytes([byte]) for byte in range(256)} - ranks.keys()
        self._lossy = bool(missing)
        ranks |= {byte: self._end + i for i, byte in enumerate(sorted(missing))}
        self._bpe = CoreBPE(ranks, {}, vocabulary.pattern)

    def count(self, text: str) -> int:
        """The number of tokens of a text; bytes that the vocabulary lacks are dropped, as llama.cpp does."""
        return len(self.tokens(text))

    def tokens(self, text: str) -> list[int]:
        """The numbers of a text's tokens, in their order; without those that `count` drops."""
        tokens = self._bpe.encode_ordinary(text)
        return [token for token in tokens if token < self._end] if self._lossy else tokens


_encoders: dict[str, Encoder] = {}
_loading = threading.Lock()


def encoder(name: str) -> Encoder:
    """The encoder of that name, loaded at its first use (0.1 to 0.3 s) and once, whichever threads ask.

    Raises ValueError if the file is not the one that was pinned.
    """
    if name not in _encoders:
        with _loading:
            if name not in _encoders:
                _encoders[name] = Encoder(VOCABULARIES[name])
    return _encoders[name]


def _ranks(vocabulary: Vocabulary) -> dict[bytes, int]:
    text = lzma.decompress((_DATA / f"{vocabulary.name}.tiktoken.xz").read_bytes())
    if hashlib.sha256(text).hexdigest() != vocabulary.sha256:
        raise ValueError(f"The vocabulary {vocabulary.name} is not the one that was pinned; restore llm/models/data.")
    pairs = (line.partition(b" ") for line in text.splitlines())
    return {binascii.a2b_base64(token): int(rank) for token, _, rank in pairs}
