"""A conversation as Markdown, for reading: the open branch, with a heading for each message."""

from collections.abc import Iterator

from exchange.writing.branch import Said, branches_text, open_branch
from storage.exchange.schema import Record


def markdown(record: Record) -> Iterator[str]:
    """The parts of the file. What was said stands in it as it was written, Markdown or not."""
    yield f"# {_line(record['title'])}\n\n"
    yield f"*{record['created_at'][:16].replace('T', ' ')} UTC*\n"
    if instructions := record["parameters"].get("system_prompt"):
        yield f"\n## Instructions\n\n{_quoted(instructions)}\n"
    for said in open_branch(record):
        yield from _message(said)
    if others := branches_text(record):
        yield f"\n---\n\n*{others}*\n"


def _message(said: Said) -> Iterator[str]:
    who = "You" if said.role == "user" else "Model"
    yield f"\n## {who} · {said.at:%Y-%m-%d %H:%M} UTC\n\n"
    if said.made:
        yield f"*{_line(said.made)}*\n\n"
    if said.thoughts:
        yield f"> **Thoughts**\n>\n{_quoted(said.thoughts)}\n\n"
    yield f"{said.text}\n" if said.text else ""
    if said.ending:
        yield f"\n*{_line(said.ending)}*\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join(text.split()).replace("*", "\\*").replace("<", "\\<")
