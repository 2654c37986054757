"""Factors and their levels in words: the same ones wherever they are planned, run, read and reported."""

from collections.abc import Iterable, Sequence

from experiments.factors import UNSET, Level

LONGEST_LEVEL = 40  # characters of a text (a system prompt, say) that name it
_SPELT_AS_SENT = {"top_p", "max_tokens"}


def factor_title(factor: str) -> str:
    """A factor as it is called within a sentence: temperature, top_p, system prompt."""
    return factor if factor in _SPELT_AS_SENT else factor.replace("_", " ")


def factor_label(factor: str) -> str:
    """A factor as a label names it, that of its control in the chat too: Temperature, Top p, System prompt."""
    return factor.replace("_", " ").capitalize()


def level_text(level: Level) -> str:
    """A level as it is typed and sent; an unset one is the server's default, a text is named by its beginning."""
    if level is None:
        return UNSET
    if not isinstance(level, str):
        return f"{level:.12g}" if isinstance(level, float) else str(level)
    text = " ".join(level.split())
    short = text if len(text) <= LONGEST_LEVEL else text[: LONGEST_LEVEL - 1] + "…"
    return f"“{short}”" if short != level or " " in short else short


def labels(levels: Sequence[Level]) -> list[str]:
    """Each level in words; those that begin alike, as system prompts may, are numbered."""
    words = [level_text(level) for level in levels]
    return [f"{word} ({i})" if words.count(word) > 1 else word for i, word in enumerate(words, start=1)]


def levels_line(levels: Iterable[tuple[str, Level]]) -> str:
    """The levels of a setting by the names of their factors: temperature 0.5, top_p default."""
    return ", ".join(f"{factor_title(name)} {level_text(level)}" for name, level in levels) or "as it stands"
