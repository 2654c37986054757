"""The values that parameters can take at all, whatever the model (the API reference of chat completions)."""

import math
from collections.abc import Callable
from typing import Any

from llm.types import Parameters

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")  # in their order
MOST_STOP_SEQUENCES = 4
_SEED_LIMIT = 2**63


def problems(parameters: Parameters) -> dict[str, str]:
    """For each value that no server could take, a sentence that says what to do. While there is one, send nothing."""
    found = {}
    for name, value in parameters.chosen().items():
        fits, sentence = _LIMITS[name]
        if not fits(value):
            found[name] = sentence
    return found


def _number(low: float, high: float) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high  # not NaN either

    return fits


def _whole(low: float, high: float) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value < high

    return fits


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _are_stop_sequences(value: Any) -> bool:
    texts = isinstance(value, tuple) and all(isinstance(text, str) and text for text in value)
    return texts and len(value) <= MOST_STOP_SEQUENCES


_PENALTY = _number(-2, 2)
_LIMITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "temperature": (_number(0, 2), "Choose a temperature from 0 to 2."),
    "top_p": (_number(0, 1), "Choose a top_p from 0 to 1."),
    "max_tokens": (_whole(1, math.inf), "Choose a max_tokens of 1 or more, as a whole number."),
    "stop_sequences": (_are_stop_sequences, f"Give at most {MOST_STOP_SEQUENCES} stop sequences, none of them empty."),
    "frequency_penalty": (_PENALTY, "Choose a frequency penalty from -2 to 2."),
    "presence_penalty": (_PENALTY, "Choose a presence penalty from -2 to 2."),
    "seed": (_whole(-_SEED_LIMIT, _SEED_LIMIT), "Choose a seed that is a whole number of at most 18 digits."),
    "reasoning_effort": (_one_of(*EFFORTS), f"Choose one of these reasoning efforts: {', '.join(EFFORTS)}."),
    "response_format": (_one_of("text", "json_object"), "Choose text or json_object as the response format."),
    "context_limit": (_whole(1, math.inf), "Choose a context limit of 1 token or more, as a whole number."),
    "system_prompt": (lambda value: isinstance(value, str), "Type the system prompt as text."),
}
