"""JSON that is too long for the memory: the items of a list, one at a time."""

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from llm.types import PlaygroundError

CHUNK = 1 << 20  # bytes that are read at once, at least
LONGEST_ITEM = 32 << 20  # characters
_NEAR = 16  # characters: an error so near to the end of what is read may be of that end
_SPACE = re.compile(r"[ \t\r\n]*")

Read = Callable[[int], bytes]


class NotJson(PlaygroundError):
    """What is read is no JSON as it should be; its text is a part of a sentence: what is wrong."""


class JsonStream:
    """Reads JSON from bytes in UTF-8, as far as it is asked for. Every method raises NotJson.

    What JSON does not have (NaN, infinities) and what is ambiguous (a name twice in one object) is refused.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
        self._text, self._place, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def take(self, character: str) -> None:
        """Go past a character, which must come next."""
        if self.peek() != character:
            raise NotJson("it is cut off or no JSON")
        self._place += 1

    def end(self) -> None:
        """Nothing may follow."""
        if self.peek():
            raise NotJson("something follows after its end")

    def items(self) -> Iterator[Any]:
        """What is in a list, item by item; after that the list is behind."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.peek() == "]":
                break
            self.take(",")
        self.take("]")

    def value(self) -> Any:
        """The next value as a whole."""
        if not self.peek():
            raise NotJson("it is cut off or no JSON")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except json.JSONDecodeError as error:
                self._lengthen(error)
            except RecursionError:
                raise NotJson("it is nested too deeply") from None
            except ValueError:  # a number of thousands of digits
                raise NotJson("a number in it is too long") from None
            else:
                if type(value) not in (int, float) or end < len(self._text) - 2 or self._ended:
                    self._place = end
                    return value
                self._more()  # digits may follow, or a point or an exponent with them

    def _lengthen(self, error: json.JSONDecodeError) -> None:
        """More of what may only be cut off by the end of what is read."""
        if error.pos < len(self._text) - _NEAR and not error.msg.startswith("Unterminated string"):
            raise NotJson("it is cut off or no JSON") from error
        if len(self._text) - self._place > LONGEST_ITEM:
            raise NotJson("one conversation in it is too large, or it is no JSON")
        if not self._more():
            raise NotJson("it is cut off or no JSON") from error

    def _more(self) -> bool:
        """Read as much again as is there; False at the end."""
        if self._ended:
            return False
        rest = self._text[self._place :]
        try:
            data = self._read(max(CHUNK, len(rest)))
            self._ended = not data
            more = self._decode(data, self._ended)
        except UnicodeDecodeError:
            raise NotJson("it is not in UTF-8") from None
        self._text, self._place = rest + more, 0
        return bool(more) or not self._ended


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson("an object in it has the same name twice")
    return found


def _refuse_constant(constant: str) -> None:
    raise NotJson(f"{constant} stands in it, which is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("a number in it is too large")
    return number
