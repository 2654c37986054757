"""A conversation as one HTML file that needs nothing else, and in which nothing runs and nothing is fetched.

Heavy (jinja2, markdown-it): imported when a page is made.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from exchange.writing.branch import Said, branches_text, open_branch
from storage.exchange.schema import Record

if TYPE_CHECKING:
    from jinja2 import Template
    from markdown_it import MarkdownIt

MOST_DRAWN = 100_000  # characters of a message that are read as Markdown; a longer one stands as it is
_FOLDER = Path(__file__).parent


def page(record: Record) -> str:
    """The open branch, to be read anywhere. Markdown is drawn; images become links, HTML is text."""
    return _template().render(
        title=record["title"],
        created=record["created_at"][:16].replace("T", " "),
        instructions=record["parameters"].get("system_prompt"),
        messages=[(said, _html(said)) for said in open_branch(record)],
        others=branches_text(record),
        style=(_FOLDER / "page.css").read_text("utf-8"),
    )


def _html(said: Said) -> str:
    """The message as HTML, made of nothing but what the parser writes itself; "" if it is to stand as it is."""
    if said.role == "user" or len(said.text) > MOST_DRAWN:
        return ""
    return _parser().render(said.text)


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    options = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=FileSystemLoader(_FOLDER), **options).get_template("page.html")


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable("image")  # what loads by itself would tell where and when this is read; a link does not
    parser.validateLink = _safe  # type: ignore[method-assign]
    return parser


def _safe(address: str) -> bool:
    try:
        return urlsplit(address).scheme in ("http", "https", "mailto")
    except ValueError:
        return False
