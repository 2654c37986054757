"""How fast a recorded reply plays, in words."""

from llm.replies.recorded import AT_ONCE

PACES = {"1×": 1.0, "2×": 2.0, "At once": AT_ONCE}


def pace_word(pace: float) -> str:
    return next(word for word, value in PACES.items() if value == pace)
