"""A page of the playground, driven as a user would, and the moments of the turns that are taken in it."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

from benchmarks.mock_server import Order
from benchmarks.processes import Server, browser_processes, cpu_seconds

PROMPT = ".st-key-prompt textarea"
SCRIPT_AT_REST = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
AT_REST = f"() => !document.querySelector('.st-key-stop') && ({SCRIPT_AT_REST})()"
PATIENCE = 90_000  # milliseconds until something that should come is given up
QUIET = 250  # milliseconds after a turn that count as its CPU: scripts collect their rubbish, styles are computed


@dataclass(frozen=True)
class Turn:
    """The moments of a turn, in milliseconds since 1970."""

    sent: float
    arrived: float  # the request, at the server
    first_left: float  # the first token, from the server
    first_visible: float
    last_left: float
    last_visible: float
    longest_stall: float  # milliseconds between two growths of the text

    @property
    def added(self) -> float:
        """Milliseconds that the playground added to the time to first token."""
        return self.first_visible - self.sent - (self.first_left - self.arrived)


@dataclass
class Cpu:
    """Seconds of CPU, once they are known."""

    server: float = 0
    browser: float = 0


class Chat:
    """One page, with the playground and the mock server that it talks to."""

    def __init__(self, page: Page, playground: Server, mock: Server) -> None:
        self.page, self._playground, self._mock = page, playground, mock

    @property
    def address(self) -> str:
        """That of the playground."""
        return self._playground.url

    def open(self, path: str = "/", mark: str = "") -> None:
        """Go to a chat, and watch for a mark in it if one is given; it is open when a prompt can be typed."""
        self.page.goto(self.address + path, wait_until="commit")
        if mark:
            self.watch_mark(mark)
        self.page.locator(PROMPT).fill("")

    def load(self) -> None:
        """Wait until the page has fetched all that it fetches in advance, as it does before anybody has typed."""
        self.rest()
        self.page.wait_for_load_state("networkidle")

    def rest(self) -> None:
        """Wait until no reply streams and no script runs."""
        self.page.wait_for_function(AT_REST)

    def begin_anew(self) -> None:
        """Go to a new conversation by a click."""
        self.rest()
        self.page.locator(".st-key-new_conversation button").click()
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stChatMessage]')")
        self.rest()

    def watch(self, asked: str, first: str, last: str) -> None:
        """Have the observer note the next act, and the reply to a prompt with the word `asked`, from word to word."""
        self.page.evaluate("words => bench.watch(...words)", [asked, first, last])

    def watch_mark(self, mark: str) -> None:
        """The same for a text of ours with this mark."""
        self.watch(mark, f"BEGIN{mark}", f"END{mark}")

    def seen(self) -> dict[str, Any]:
        """What the observer has noted, once it is complete; Playwright's Error if it never is."""
        return self.page.evaluate("patience => bench.over(patience)", PATIENCE)

    def prepare(self, tokens: int, rate: float = 0, markdown: bool = False) -> str:
        """Type the prompt for such a reply and watch for it; the mark by which it is known."""
        self.rest()
        order = Order(secrets.token_hex(4), tokens, rate, markdown)
        self.page.locator(PROMPT).fill(order.prompt)
        self.watch_mark(order.mark)
        return order.mark

    def send(self) -> None:
        self.page.locator(PROMPT).press("Enter")

    def finished(self, mark: str) -> Turn:
        """The turn with this mark, once it is over."""
        seen = self.seen()
        self.rest()
        known = json.loads(self._mock.get(f"/moments/{mark}"))
        return Turn(
            seen["began"],
            known["arrived"],
            known["first"],
            seen["first"],
            known["last"],
            seen["complete"],
            max((late - early for early, late in pairwise(seen["grown"])), default=0),
        )

    def turn(self, tokens: int, rate: float = 0, markdown: bool = False) -> Turn:
        """A whole turn: the reply has `tokens` at `rate` a second, or all at once."""
        mark = self.prepare(tokens, rate, markdown)
        self.send()
        return self.finished(mark)

    @contextmanager
    def cpu(self) -> Iterator[Cpu]:
        """What the playground and the browser use in the block, and in the moment after it."""
        self.rest()
        spent = Cpu()
        before = cpu_seconds(self._playground.processes()), cpu_seconds(browser_processes())
        yield spent
        self.page.wait_for_timeout(QUIET)
        spent.server = cpu_seconds(self._playground.processes()) - before[0]
        spent.browser = cpu_seconds(browser_processes()) - before[1]

    def timed(self, measure: str, act: Callable[[], None]) -> float | None:
        """Milliseconds that one of the observer's measures (`nextCharacter`, `nextRun`) says of an act, if it can."""
        self.page.wait_for_function(SCRIPT_AT_REST)
        self.page.evaluate(f"() => {{ bench.measured = bench.{measure}(); }}")
        act()
        return self.page.evaluate("bench.measured")


def now() -> float:
    """Milliseconds since 1970."""
    return time.time() * 1000
