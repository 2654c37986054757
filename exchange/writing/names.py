"""Names of exported files that every system takes."""

import re

LONGEST = 60  # characters of a title
_BYTES = 180  # of a name without its ending: systems take 255
# Names that Windows keeps for devices, whatever the ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def stem(title: str, otherwise: str = "conversation") -> str:
    """Letters and digits of any script with hyphens between them: no path, no dot, nothing that a shell reads."""
    words = re.findall(r"[^\W_]+", title[:LONGEST])
    name = "-".join(words).encode("utf-8", "ignore")[:_BYTES].decode("utf-8", "ignore")
    return f"{otherwise}-{name}" if _RESERVED.fullmatch(name) else name or otherwise


def numbered(title: str, taken: dict[str, int]) -> str:
    """A name that none of those `taken` has; some systems see no difference between capitals and small letters."""
    name = stem(title)
    taken[name.casefold()] = number = taken.get(name.casefold(), 0) + 1
    return name if number == 1 else f"{name}_{number}"
