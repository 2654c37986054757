"""Meters in words: every number with its unit, every estimate with ≈, an unknown price as n/a."""

from collections.abc import Iterable, Mapping, Sequence

from llm.money import about, cost_text, spent_text
from llm.replies.live import Figures, LiveReply, tokens_per_second
from llm.types import Spent
from llm.words import counted
from storage.records import StoredMessage, StoredReply

NONE = "–"


def count(tokens: int, estimated: bool = False) -> str:
    return about(estimated) + counted(tokens, "token")


def seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f} s"


def reply_texts(figures: Figures) -> dict[str, str]:
    """The meters of one reply, by the name of their row."""
    usage, guess = figures.usage, not figures.reported
    speed = figures.tokens_per_second
    return {
        "input": _with_part(usage.input_tokens, usage.cached_tokens, "cached", guess),
        "output": _with_part(usage.output_tokens, usage.reasoning_tokens, "reasoning", guess),
        "cost": cost_text(figures.cost),
        "first_token": seconds(figures.first_token),
        "speed": NONE if speed is None else f"{about(guess)}{speed:,.0f} tokens/s",
    }


def figures_line(texts: Mapping[str, str]) -> str:
    """The meters of one reply on one line, which breaks only between them."""
    first = "" if texts["first_token"] == NONE else f"first token {texts['first_token']}"
    parts = (texts["output"], texts["cost"], first, texts["speed"])
    return caption(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def conversation_texts(spent: Spent) -> dict[str, str]:
    """The meters of a conversation, every branch included, by the name of their row."""
    tokens = spent.usage.input_tokens + spent.usage.output_tokens
    return {"conversation_tokens": count(tokens, spent.estimated), "conversation_cost": spent_text(spent) or NONE}


def context_texts(tokens: int, window: int | None) -> dict[str, str]:
    """How full the model's window is, and the share (0 to 1) for the bar."""
    if window is None:
        return {"context": f"≈{tokens:,} tokens, window unknown", "context_share": "0"}
    share = min(1.0, tokens / window)
    return {"context": f"≈{tokens:,} of {window:,} tokens ({share:.0%})", "context_share": f"{share:.4f}"}


def stored_figures(messages: Sequence[StoredMessage]) -> Figures | None:
    """The figures of the newest message of the model's, all its requests together; None if they used nothing."""
    replies = next((m.replies for m in reversed(messages) if m.replies), ())
    spent = _spent(replies)
    if not spent.replies:
        return None
    newest = replies[-1]
    first, duration = (newest.timing.first_token, newest.timing.duration) if newest.timing else (None, None)
    speed = tokens_per_second(newest.usage.output_tokens, first, duration)
    return Figures(spent.usage, spent.charged, not spent.estimated, first, speed)


def _spent(replies: Sequence[StoredReply]) -> Spent:
    """The sum of the replies that used something."""
    spent = Spent()
    for reply in replies:
        if reply.cost and reply.usage.input_tokens:
            spent = spent.plus(reply.usage, reply.cost, reply.reported is not None)
    return spent


def reply_tokens(replies: Sequence[StoredReply]) -> str:
    """What some replies wrote together; "" if that was nothing."""
    usages = [reply.usage for reply in replies]
    tokens = sum(usage.output_tokens for usage in usages)
    guess = any(reply.reported is None for reply, usage in zip(replies, usages, strict=True) if usage.output_tokens)
    return count(tokens, guess) if tokens else ""


def reply_cost(replies: Sequence[StoredReply]) -> str:
    """What some replies cost together; "" if none of them used anything."""
    return spent_text(_spent(replies))


def message_caption(replies: Sequence[StoredReply], settings: Sequence[str] = ()) -> str:
    """The line under a message of the model's: who wrote it, with what settings as far as they are worth a word, and
    what all its requests took together."""
    models = " + ".join(dict.fromkeys(reply.settings.model for reply in replies))
    durations = [reply.timing.duration for reply in replies if reply.timing and reply.timing.duration is not None]
    sent = sum(reply.requests for reply in replies)
    parts = (
        models,
        *settings,
        reply_tokens(replies),
        seconds(sum(durations) if durations else None),
        reply_cost(replies),
        f"{len(replies)} requests" if len(replies) > 1 else "",
        f"sent {sent} times" if sent > len(replies) else "",
    )
    return caption(parts)


def live_texts(reply: LiveReply, before: Spent | None) -> dict[str, str]:
    """All meters while a reply streams; `before` is what the conversation had spent when it began, None for a recorded
    reply, which spends nothing in it."""
    figures = reply.figures
    if figures is None:
        return {}
    usage = figures.usage
    texts = reply_texts(figures)
    texts |= {"line": figures_line(texts)}
    if before is None:
        return texts
    return (
        texts
        | conversation_texts(before.plus(usage, figures.cost, figures.reported))
        | context_texts(usage.input_tokens + usage.output_tokens, reply.context_window)
    )


def caption(parts: Iterable[str]) -> str:
    """The line under a reply."""
    return " · ".join(part for part in parts if part and part != NONE)


def _with_part(tokens: int, part: int, name: str, guess: bool) -> str:
    return count(tokens, guess) + (f", {part:,} {name}" if part else "")
