"""What a message of a ChatGPT export says, by the kind of its content, and what of it cannot come in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SHORTEST_FENCE = 3  # backticks
UNKNOWN = "unknown part"  # whatever the file calls it: its kinds could be as many as its messages


@dataclass(frozen=True, slots=True)
class Said:
    """The text and the thoughts of a message, and what was left out of it."""

    text: str = ""
    reasoning: str = ""
    left_out: tuple[str, ...] = ()  # kinds of things: "image", "sound"


def said(content: Any) -> Said:
    """What a content says; of a kind that nobody knows, that it was left out."""
    if not isinstance(content, dict):
        return Said()
    kind = content.get("content_type")
    read = _READ.get(kind) if isinstance(kind, str) else None
    if read is None:
        return Said(left_out=(UNKNOWN,))
    return read(content)


def _text(content: dict[str, Any]) -> Said:
    texts, left_out = [], []
    for part in _list(content.get("parts")):
        text, missing = _part(part)
        texts += [text] if text else []
        left_out += [missing] if missing else []
    return Said("\n\n".join(texts), left_out=tuple(left_out))


def _part(part: Any) -> tuple[str, str]:
    """The text of a part, and what is left out of it."""
    if isinstance(part, str):
        return part, ""
    kind = _string(part, "content_type")
    if kind == "audio_transcription":
        return _string(part, "text"), ""
    for word, thing in (("image", "image"), ("audio", "sound"), ("video", "video")):
        if word in kind:
            return f"[{thing}]", thing
    return "", "attachment"


def _code(content: dict[str, Any]) -> Said:
    language = _string(content, "language")
    return _fenced(_string(content, "text"), language if language.isalnum() and language != "unknown" else "")


def _output(content: dict[str, Any]) -> Said:
    return _fenced(_string(content, "text"), "")


def _fenced(text: str, language: str) -> Said:
    """Code as Markdown has it; the fence is longer than any in it."""
    if not text.strip():
        return Said()
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(SHORTEST_FENCE, longest + 1)
    return Said(f"{fence}{language}\n{text}\n{fence}")


def _quote(content: dict[str, Any]) -> Said:
    named = " – ".join(filter(None, (_string(content, "title"), _string(content, "url"))))
    lines = [line for line in (named, *_string(content, "text").splitlines()) if line]
    return Said("\n".join(f"> {line}" for line in lines))


def _page(content: dict[str, Any]) -> Said:
    shown = _string(content, "result") or _string(content, "summary")
    return Said("\n".join(f"> {line}" for line in shown.splitlines() if line))


def _thoughts(content: dict[str, Any]) -> Said:
    thoughts = [part for part in _list(content.get("thoughts")) if isinstance(part, dict)]
    pairs = (filter(None, (_string(one, "summary"), _string(one, "content"))) for one in thoughts)
    old = (part for part in _list(content.get("parts")) if isinstance(part, str))
    return Said(reasoning="\n\n".join(filter(None, (*("\n".join(pair) for pair in pairs), *old))))


def _recap(content: dict[str, Any]) -> Said:
    return Said(reasoning=_string(content, "content"))


def _error(content: dict[str, Any]) -> Said:
    return Said("\n".join(filter(None, (_string(content, "name"), _string(content, "text")))))


def _nothing(_: dict[str, Any]) -> Said:
    return Said(left_out=("custom instructions",))


def _list(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else ()


def _string(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


_READ: dict[str, Callable[[dict[str, Any]], Said]] = {
    "text": _text,
    "multimodal_text": _text,
    "code": _code,
    "execution_output": _output,
    "tether_quote": _quote,
    "tether_browsing_code": _output,
    "tether_browsing_display": _page,
    "sonic_webpage": _quote,
    "thoughts": _thoughts,
    "reasoning_recap": _recap,
    "system_error": _error,
    "user_editable_context": _nothing,
    "model_editable_context": _nothing,
}
