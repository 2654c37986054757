"""What a model accepts, as rules: the one source for which controls are open and for what a request carries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from llm.models.catalogue import Entry, bare_name, find, is_chat_model, preferred_model
from llm.models.limits import EFFORTS, problems
from llm.models.rules import Rule, maker, reasons_like_openai, rule_for
from llm.types import Parameters

__all__ = [
    "BUILT_IN_CONTEXT",
    "BUILT_IN_MAX_OUTPUT",
    "BUILT_IN_MODEL",
    "Capabilities",
    "capabilities",
    "effective",
    "is_chat_model",
    "preferred_model",
    "problems",
    "refusals",
]

BUILT_IN_MODEL = "SmolLM2-135M-Instruct"
BUILT_IN_CONTEXT = 4096  # tokens
BUILT_IN_MAX_OUTPUT = 1024  # tokens
EFFORTS_TO_TRY = ("minimal", "low", "medium", "high")  # for a model of which nothing is known


@dataclass(frozen=True)
class Capabilities:
    """What one model behind one address accepts; of an unknown model, everything."""

    model: str = "This model"  # as sentences name it
    known: bool = False
    context_window: int | None = None  # tokens
    max_output_tokens: int | None = None
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # on the wire
    reasoning: bool = False
    reasoning_efforts: tuple[str, ...] = EFFORTS_TO_TRY
    default_effort: str | None = None  # what the model does when none is sent, if that is known
    temperature_max: float = 2.0
    refused: Mapping[str, str] = field(default_factory=dict)  # parameter -> why it is never accepted
    refused_while_reasoning: Mapping[str, str] = field(default_factory=dict)
    exclusive: tuple[str, ...] = ()  # of these only the first that is set is accepted
    prefill: bool = False  # whether it goes on with an assistant message that stands last


@lru_cache(maxsize=256)
def capabilities(model: str, base_url: str, built_in: bool) -> Capabilities:
    """What the model behind this address accepts, from llm/models/rules.py and the data file; never asks a server."""
    if built_in:
        return _built_in(model)
    name, host = bare_name(model), (urlsplit(base_url).hostname or "").lower()
    entry = find(model)
    max_tokens_name = "max_completion_tokens" if _is_openai(host) or reasons_like_openai(name) else "max_tokens"
    if entry is None:
        return Capabilities(model, max_tokens_name=max_tokens_name)
    rule = rule_for(name)
    efforts = entry.efforts if rule.efforts is None else rule.efforts
    return Capabilities(
        model,
        known=True,
        context_window=entry.input,
        max_output_tokens=entry.output if maker(name) else None,
        max_tokens_name=max_tokens_name,
        reasoning=bool(efforts),
        reasoning_efforts=EFFORTS_TO_TRY if efforts is None else efforts,
        default_effort=entry.default_effort,
        temperature_max=rule.temperature_max,
        refused=_refused(model, host, rule, entry, efforts),
        refused_while_reasoning={
            name: f"{model} does not accept {_words(name)} while it reasons." for name in rule.refused_while_reasoning
        },
        exclusive=rule.exclusive,
    )


def refusals(parameters: Parameters, able: Capabilities) -> dict[str, str]:
    """The controls that are closed as things stand, whether set or not, and the sentence that says why."""
    refused = dict(able.refused)
    if able.reasoning and _effort(parameters, able) != "none":
        refused |= able.refused_while_reasoning
    chosen = [name for name in able.exclusive if name in parameters.chosen() and name not in refused]
    for name in able.exclusive:
        if chosen and name != chosen[0]:
            sentence = f"{able.model} accepts {_words(chosen[0])} or {_words(name)}, not both."
            refused.setdefault(name, sentence)
    return refused


def effective(parameters: Parameters, able: Capabilities) -> tuple[Parameters, dict[str, str]]:
    """The parameters that will be sent, and a sentence for each one that is held back or brought into range.

    Expects values without `problems`.
    """
    refused = refusals(parameters, able)
    chosen = parameters.chosen()
    reasons = {name: refused[name] for name in chosen if name in refused}
    unset: dict[str, Any] = {name: () if name == "stop_sequences" else None for name in reasons}
    in_range, adjusted = _bring_into_range(replace(parameters, **unset), able)
    return in_range, reasons | adjusted


def _built_in(model: str) -> Capabilities:
    refused = {"reasoning_effort": "This model does not reason."} if model == BUILT_IN_MODEL else {}
    efforts = () if model == BUILT_IN_MODEL else EFFORTS_TO_TRY
    window, output = BUILT_IN_CONTEXT, BUILT_IN_MAX_OUTPUT
    return Capabilities(model, True, window, output, reasoning_efforts=efforts, refused=refused, prefill=True)


def _refused(model: str, host: str, rule: Rule, entry: Entry, efforts: tuple[str, ...] | None) -> dict[str, str]:
    names = [*rule.refused, *(("temperature", "top_p") if entry.sampling is False else ())]
    refused = {name: f"{model} does not accept {_words(name)}." for name in names}
    if host == "api.anthropic.com":  # accepted there without effect, says its OpenAI compatibility page
        ignored = ("frequency_penalty", "presence_penalty", "seed")
        refused |= {name: f"Anthropic's server ignores {_words(name)}." for name in ignored}
    if efforts == ():
        refused["reasoning_effort"] = f"{model} does not reason."
    return refused


def _effort(parameters: Parameters, able: Capabilities) -> str | None:
    """The effort the model will make: the one set, moved to one it knows, else its default."""
    if parameters.reasoning_effort is None or "reasoning_effort" in able.refused:
        return able.default_effort
    return _nearest_effort(parameters.reasoning_effort, able)


def _nearest_effort(effort: str, able: Capabilities) -> str:
    if not able.reasoning or effort in able.reasoning_efforts or effort not in EFFORTS:
        return effort
    upward = sorted(able.reasoning_efforts, key=EFFORTS.index, reverse=True)  # of two as near, the one that thinks more
    return min(upward, key=lambda other: abs(EFFORTS.index(other) - EFFORTS.index(effort)))


def _bring_into_range(parameters: Parameters, able: Capabilities) -> tuple[Parameters, dict[str, str]]:
    moved: dict[str, Any] = {}
    reasons = {}
    if (parameters.temperature or 0) > able.temperature_max:
        moved["temperature"] = able.temperature_max
        reasons["temperature"] = f"{able.model} accepts a temperature of at most {able.temperature_max:g}."
    if able.max_output_tokens and (parameters.max_tokens or 0) > able.max_output_tokens:
        moved["max_tokens"] = able.max_output_tokens
        reasons["max_tokens"] = f"{able.model} writes at most {able.max_output_tokens:,} tokens."
    effort = parameters.reasoning_effort
    if effort is not None and (nearest := _nearest_effort(effort, able)) != effort:
        moved["reasoning_effort"] = nearest
        reasons["reasoning_effort"] = f"{able.model} does not know the effort {effort}, the nearest is {nearest}."
    return replace(parameters, **moved), reasons


def _is_openai(host: str) -> bool:
    return (
        re.fullmatch(r"(.+\.)?api\.openai\.com|.+\.(openai|cognitiveservices|services\.ai)\.azure\.com", host)
        is not None
    )


def _words(name: str) -> str:
    return {"top_p": "top_p", "max_tokens": "max_tokens"}.get(name, name.replace("_", " "))
