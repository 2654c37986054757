"""What the browser runs and draws with, from `components/frontend/`."""

from pathlib import Path

FRONTEND = Path(__file__).parent / "frontend"


def source(name: str) -> str:
    """The text of a script or a style sheet."""
    return (FRONTEND / name).read_text("utf-8")
