"""The line under a reply, which opens its recipe: what made it, in a few words."""

from components.figures import message_caption
from experiments.comparing.comparison import differing
from experiments.factor_words import factor_title, level_text
from llm.types import Settings
from llm.words import beginning
from storage.records import StoredMessage

COPIED = "copied"  # nothing was spent on it in this conversation
MOST_SAID = 2  # settings that are named
LONGEST_WORD = 40  # characters of what somebody said of the reply
_TEXTS = ("system_prompt", "stop_sequences")  # too long to be named
_NOT_NAMED = ("connection", "model")  # the model stands there anyway


def chip(message: StoredMessage, now: Settings) -> str:
    """The model, what was set otherwise than it is `now`, tokens, time and cost, and what somebody said of it."""
    replies = message.replies or message.original
    made = message_caption(replies, changed(replies[-1].settings, now)) if replies else ""
    if not message.replies:
        made = f"{COPIED} · {made}" if made else COPIED
    word = message.rating.word if message.rating else ""
    return f"{made} · “{beginning(word, LONGEST_WORD)}”" if word else made


def changed(then: Settings, now: Settings) -> tuple[str, ...]:
    """The parameters that were set otherwise than they are now, in words: temperature 0.3, other system prompt."""
    [were, _] = differing((then, now))
    words = [_words(name, value) for name, value in were.items() if name not in _NOT_NAMED]
    more = len(words) - MOST_SAID
    return (*words[:MOST_SAID], f"{more} more set otherwise") if more > 0 else tuple(words)


def changed_since(then: Settings, now: Settings) -> str:
    """What the controls are set to where that is not what was set then, on one line; "" if all is the same."""
    [_, are] = differing((then, now))
    return " · ".join(str(value) if name in _NOT_NAMED else _words(name, value) for name, value in are.items())


def _words(name: str, value: object) -> str:
    if name in _TEXTS and value is not None:
        return f"other {factor_title(name)}"
    return f"{factor_title(name)} {level_text(value)}"
