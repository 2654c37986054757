"""The key, kept out of whatever a server says: it may echo it, whole, in pieces or encoded."""

import base64
import json
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from llm.types import PlaygroundError

MARK = "[key]"
SHORTEST = 8  # characters; what is shorter is no secret, and marking it would garble ordinary words
TELLING = 8  # characters; of a key that was cut off, so much is shown at most
# What people type where a server needs no key.
NO_SECRETS = frozenset({"no-key-needed", "lm-studio", "not-needed", "no-key-required", "sk-no-key-required"})


@lru_cache(maxsize=64)
def forms(key: str) -> tuple[str, ...]:
    """How a key may be written: as it is, escaped for JSON or an address, in base64 at each of its three places."""
    if len(key) < SHORTEST or key.lower() in NO_SECRETS:
        return ()
    found = {key, json.dumps(key)[1:-1], quote(key), quote(key, safe=""), *_base64(key.encode())}
    return tuple(sorted(found, key=len, reverse=True))


def hide(text: str, key: str) -> str:
    """The text with a mark wherever the key stands in it."""
    for form in forms(key):
        text = text.replace(form, MARK)
    return text


def refuse_key(key: str, where: str, written: object) -> None:
    """Raise PlaygroundError if the key stands in what the user wrote: it would be stored. `where` names the place."""
    if hide(str(written), key) != str(written):
        raise PlaygroundError(f"Your API key stands in {where}. Take it out, then try again.")


class KeyMask:
    """Hides a key in a text that arrives in pieces: what may be its beginning waits until more is known.

    `before` is the text that the pieces continue: what may be a beginning at its end is shown already, the rest of
    that key is not.
    """

    def __init__(self, key: str, before: str = "") -> None:
        self._key = key
        self._forms = forms(key)
        self._held = before[len(before) - self._open(before) :]
        self._seen = len(self._held)  # characters of what is held that are shown already

    def add(self, piece: str) -> str:
        """What can be shown now."""
        if not self._forms:
            return piece
        held = self._held + piece
        text = hide(held, self._key)
        shown = len(text) - self._open(text)
        self._held = text[shown:]
        if not shown:
            return ""
        seen, self._seen = self._seen, 0
        return text[seen if text.startswith(held[:seen]) else 0 : shown]

    def rest(self) -> str:
        """What waited, once nothing more comes; the better part of a key is hidden like a whole one."""
        held, self._held = self._held, ""
        return MARK if len(held) > TELLING else held[self._seen :]

    def _open(self, text: str) -> int:
        """How many characters at the end of the text may be the beginning of the key."""
        longest = min(len(text), max(map(len, self._forms), default=1) - 1)
        return next((n for n in range(longest, 0, -1) if any(f.startswith(text[-n:]) for f in self._forms)), 0)


def _base64(key: bytes) -> Iterator[str]:
    """The characters that depend on nothing but the key, for each of the three places where it may begin."""
    for before in range(3):
        bits = slice((before * 8 + 5) // 6, (before + len(key)) * 8 // 6)
        padded = b"\0" * before + key
        yield base64.b64encode(padded).decode()[bits]
        yield base64.urlsafe_b64encode(padded).decode()[bits]
