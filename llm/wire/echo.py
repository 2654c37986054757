"""What a server says of itself in the chunks of its answer."""

from dataclasses import fields
from typing import Any

from llm.servers.secrets import hide
from llm.types import LAST_MOMENT, Echoed

LONGEST = 200  # characters of each word that is kept
_WORDS = tuple(field.name for field in fields(Echoed) if field.name != "created")


class Echo:
    """Gathers it from chunk to chunk; a later word replaces an earlier one, as a tier that was only asked for."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}

    def take(self, chunk: dict[str, Any]) -> None:
        """Note what a chunk says; what is no text, or no moment, is passed over."""
        for name in _WORDS:
            value = chunk.get(name)
            if isinstance(value, str) and value:
                self._said[name] = value
        created = chunk.get("created")
        if type(created) is int and 0 < created <= LAST_MOMENT:
            self._said["created"] = created

    def echoed(self, key: str) -> Echoed | None:
        """What was said, without the key and cut to a sensible length; None if that was nothing."""
        said = {name: _short(value, key) if isinstance(value, str) else value for name, value in self._said.items()}
        return Echoed(**said) if said else None


def _short(text: str, key: str) -> str:
    text = hide(text, key)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
