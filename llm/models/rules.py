"""What the name of a model tells: who makes it and, as data, what such models refuse."""

import re
from dataclasses import dataclass

_OPENAI_REASONING = re.compile(r"o\d(-|$)|gpt-([5-9]|1\d)(?!\d|-chat|-search)|chat-latest$")
# Models that only their makers serve. gpt-oss, gpt-2, grok-1 and grok-2 are open, and anyone may run them.
_MAKERS = (
    ("openai", re.compile(r"gpt-(?!oss|neo|j-|2(-|$))|o\d(-|$)|chatgpt-|chat-latest$")),
    ("anthropic", re.compile(r"claude-")),
    ("google", re.compile(r"gemini-(?!gemma)")),
    ("x-ai", re.compile(r"grok-(?![12](\D|$))")),
)
# Open models that took a closed one's name along, such as claude-3.7-sonnet-reasoning-gemma3-12b.
_OPEN_WEIGHTS = re.compile(r"llama|qwen|gemma|mistral|mixtral|phi-|deepseek|distill|gguf|(^|\D)\d+(\.\d+)?b(\W|$)")
_SAMPLING = ("temperature", "top_p", "frequency_penalty", "presence_penalty")


@dataclass(frozen=True)
class Rule:
    """What models of a name refuse: always, while they reason, and which parameters exclude each other."""

    names: re.Pattern[str]  # of the bare name, from its beginning
    refused: tuple[str, ...] = ()
    refused_while_reasoning: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()
    efforts: tuple[str, ...] | None = None  # where the data file is silent or wrong
    temperature_max: float = 2.0


# The first match wins. Sources: the API references of OpenAI, Anthropic and xAI, llms/openai/chat in litellm 1.109.1.
_RULES = (
    Rule(re.compile(r"gpt-.*-search-(preview|api)"), (*_SAMPLING, "seed", "stop_sequences"), efforts=()),
    Rule(re.compile(r"gpt-5-chat"), efforts=()),
    Rule(re.compile(r"(gpt-\d.*-)?chat-latest$"), refused_while_reasoning=_SAMPLING, efforts=("medium",)),
    Rule(re.compile(r"(o3|o4-mini)(-\d|-pro|$)"), ("stop_sequences",), _SAMPLING),
    Rule(re.compile(r"o\d"), refused_while_reasoning=_SAMPLING),
    Rule(re.compile(r"gpt-([5-9]|1\d)(?!\d)"), refused_while_reasoning=(*_SAMPLING, "stop_sequences")),
    Rule(re.compile(r"gpt-4(-0\d|-32k|$)|gpt-3.5-turbo-16k"), ("response_format",)),
    Rule(re.compile(r"claude-(\d|instant|(opus|sonnet)-4(-0|-2|$))"), temperature_max=1.0),
    Rule(re.compile(r"claude-"), exclusive=("temperature", "top_p"), temperature_max=1.0),
    Rule(re.compile(r"grok-"), refused_while_reasoning=("frequency_penalty", "presence_penalty", "stop_sequences")),
    Rule(re.compile(r"")),
)


def rule_for(name: str) -> Rule:
    """The rule for a bare name (llm/models/catalogue.py); the last one refuses nothing."""
    return next(rule for rule in _RULES if rule.names.match(name))


def maker(name: str) -> str | None:
    """Who alone serves the model of that bare name, as genai-prices calls them; None if anyone may run it."""
    if _OPEN_WEIGHTS.search(name):
        return None
    return next((maker for maker, names in _MAKERS if names.match(name)), None)


def reasons_like_openai(name: str) -> bool:
    """Whether a bare name is one of OpenAI's reasoning models, which count and name tokens in their own way."""
    return _OPENAI_REASONING.match(name) is not None
