"""What was found, in one sentence that claims no more than was tested."""

from collections.abc import Sequence

from experiments.reading.observations import Level
from experiments.reading.statistics.effects import Effect, Finding, LevelMean
from experiments.reading.summaries import Setting

LONGEST_LEVEL = 40  # characters of a text (a system prompt, say) that name it
_SPELT_AS_SENT = {"top_p", "max_tokens"}


def verdict(effect: Effect) -> str:
    """Whether this knob matters here, in words."""
    return _SENTENCES[effect.finding](effect)


def factor_title(factor: str) -> str:
    """A factor as it is called within a sentence: temperature, top_p, system prompt."""
    return factor if factor in _SPELT_AS_SENT else factor.replace("_", " ")


def level_text(level: Level) -> str:
    """A level in words; an unset one is the server's default."""
    if level is None:
        return "default"
    if not isinstance(level, str):
        return f"{level:,}" if isinstance(level, int) else f"{level:g}"
    text = " ".join(level.split())
    short = text if len(text) <= LONGEST_LEVEL else text[: LONGEST_LEVEL - 1] + "…"
    return f"“{short}”" if short != level or " " in short else short


def labels(levels: Sequence[Level]) -> list[str]:
    """Each level in words; those that begin alike, as system prompts may, are numbered."""
    words = [level_text(level) for level in levels]
    return [f"{word} ({i})" if words.count(word) > 1 else word for i, word in enumerate(words, start=1)]


def levels_line(setting: Setting) -> str:
    """The levels of a setting: temperature 0.5, top_p default."""
    return ", ".join(f"{factor_title(name)} {level_text(level)}" for name, level in setting) or "as it stands"


def p_text(p: float) -> str:
    """A p-value: p = 0.002, p < 0.001, p = 1."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2g}"


def _changes(effect: Effect) -> str:
    factor, metric = factor_title(effect.factor), effect.metric
    begin = factor if factor in _SPELT_AS_SENT else factor.capitalize()
    means = f"{_at(effect, effect.first)} to {_at(effect, effect.last)}"
    return f"{begin} changes {metric.title}: {means} ({_interval(effect)}{_corrected(effect, effect.p)})."


def _not_told(effect: Effect) -> str:
    difference = effect.metric.text(abs(effect.last.value - effect.first.value))
    return (
        f"No effect of {factor_title(effect.factor)} on {effect.metric.title} that could be told from chance at "
        f"{_n(effect)} (largest difference {difference}, {_interval(effect)}{_corrected(effect, effect.p)})."
    )


def _too_few(effect: Effect) -> str:
    return (
        f"Too few to tell whether {factor_title(effect.factor)} changes {effect.metric.title}: at {_n(effect)} even "
        f"the clearest split of these figures would have {_corrected(effect, effect.least_p)}."
    )


def _alike(effect: Effect) -> str:
    return (
        f"Nothing to tell: with all else the same, {effect.metric.title} never differs, whatever the "
        f"{factor_title(effect.factor)}, at {_n(effect)}."
    )


def _not_varied(effect: Effect) -> str:
    return f"Not tested: no two settings with {effect.metric.title} differ by {factor_title(effect.factor)} alone."


_SENTENCES = {
    Finding.CHANGES: _changes,
    Finding.NOT_TOLD: _not_told,
    Finding.TOO_FEW: _too_few,
    Finding.ALIKE: _alike,
    Finding.NOT_VARIED: _not_varied,
}


def _at(effect: Effect, mean: LevelMean) -> str:
    return f"{effect.metric.text(mean.value)} at {level_text(mean.level)}"


def _interval(effect: Effect) -> str:
    if effect.interval is None:
        return ""
    low, high = effect.metric.text(effect.interval.low), effect.metric.text(effect.interval.high)
    return f"95% interval of the difference {low} to {high}, "


def _corrected(effect: Effect, p: float) -> str:
    return p_text(p) + (f" after correction for {effect.tests} tests" if effect.tests > 1 else "")


def _n(effect: Effect) -> str:
    counts = [mean.n for mean in effect.means]
    low, high = min(counts), max(counts)
    return f"n = {low} per level" if low == high else f"n = {low} to {high} per level"
