"""Counts, times and beginnings of texts, in the same words everywhere."""


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: 1 run, 1,200 runs, 2 replies."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def duration_text(seconds: float) -> str:
    """A time as one would say it: 0.4 s, 45 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def rough_text(seconds: float) -> str:
    """A time that is a rough guess, in steps that stay calm: 10 s, 3 min, 1 h 20 min."""
    if seconds < 55:
        return f"{max(1, round(seconds / 5)) * 5} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"


def beginning(text: str, most: int) -> str:
    """The first characters of a text on one line, … where there are more of them."""
    return " ".join(text[:most].split()) + ("…" if len(text) > most else "")
