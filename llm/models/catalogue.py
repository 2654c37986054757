"""What is known of models by their names: the data file, which models hold a conversation, which one to start with."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# Models that do not hold a conversation, by the names that their makers give such families.
NOT_CHAT = re.compile(
    r"embed|(^|-)(bge|gte|e5)-|rerank|moderation|llama-guard|prompt-guard|shieldgemma"
    r"|whisper|transcri|speech|(^|-)tts(-|$)|(^|-)asr(-|$)|voice|lyria|realtime|(gpt|gpt-4o|gpt-4o-mini|native)-audio"
    r"|dall-?e|imagen|image|flux|stable-diffusion|sdxl|(^|-)sd3|(^|-)sora-|(^|-)veo-?\d|video|(^|-)ocr(-|$)"
    r"|^text-(davinci|curie|babbage|ada)|turbo-instruct"
)
# Where to start: small enough to be cheap, capable enough to be useful; the highest version of the first kind listed.
_STARTERS = (
    re.compile(r"gpt-(\d+(?:\.\d+)?)-(?:mini|luna)"),
    re.compile(r"gpt-(\d+(?:\.\d+)?)o-mini"),
    re.compile(r"claude-haiku-(\d+(?:-\d)?)"),
    re.compile(r"gemini-(\d+(?:\.\d+)?)-flash"),
    re.compile(r"gemini-(flash)-latest"),
    re.compile(r"mistral-(small)-latest"),
    re.compile(r"deepseek-(chat|flash)"),
)
_SNAPSHOT = re.compile(r"(?:[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|latest|preview)|:[a-z-]+)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One chat model of the data file; None where the source does not say."""

    input: int | None = None  # tokens
    output: int | None = None  # tokens
    efforts: tuple[str, ...] | None = None  # empty: it does not reason
    default_effort: str | None = None
    sampling: bool | None = None  # whether temperature and top_p are accepted at all
    responses_only: bool = False  # not served at /chat/completions by its maker


def own_name(model: str) -> str:
    """The model's name in lower case and without `vendor/`."""
    return model.strip().lower().rsplit("/", 1)[-1]


def bare_name(model: str) -> str:
    """The name by which rules know a model: its own, or that of the model it was fine-tuned from."""
    name = own_name(model)
    return name.split(":")[1] if name.startswith("ft:") else name


def find(model: str) -> Entry | None:
    """The entry of a model; a dated snapshot or a `:tag` that is not listed itself is looked up without it."""
    name = bare_name(model)
    if found := _entries().get(name) or _entries().get(name.replace(".", "-")):  # gateways write claude-sonnet-4.5
        return found
    shorter = _SNAPSHOT.sub("", name)
    return find(shorter) if shorter not in (name, "") else None


def is_chat_model(model_id: str) -> bool:
    """Whether to list a model: all but those known to embed, speak, hear, draw, moderate, rerank or only complete.

    OpenAI's own models that answer only at `/responses` are hidden too, under their bare names: elsewhere (with a
    vendor's prefix) gateways translate. A name that says nothing is listed.
    """
    name = bare_name(model_id)
    if NOT_CHAT.search(name) or name in _data()["not_chat"]:
        return False
    entry = find(name)
    return not (entry and entry.responses_only and "/" not in model_id)


def preferred_model(listed: Sequence[str]) -> str | None:
    """The model to start with when nobody chose one: the newest of the cheap and capable ones, undated; else None."""
    for starter in _STARTERS:
        found = [(match[1], model) for model in listed if (match := starter.fullmatch(bare_name(model)))]
        if found:
            return max(found, key=lambda pair: _version(pair[0]))[1]
    return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


@cache
def _data() -> dict[str, Any]:
    text = (Path(__file__).parent / "data" / "models.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return {**data, "not_chat": frozenset(data["not_chat"])}


@cache
def _entries() -> dict[str, Entry]:
    return {name: _entry(**fields) for name, fields in _data()["chat"].items()}


def _entry(efforts: list[str] | None = None, **fields: Any) -> Entry:
    return Entry(efforts=None if efforts is None else tuple(efforts), **fields)
