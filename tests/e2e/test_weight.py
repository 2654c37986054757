"""Very much at once: a megabyte, twenty thousand chunks, a bomb. The server's memory is bounded, other tabs go on."""

import gzip
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, choose_model, messages, send, settled, watched_page
from tests.torture import FIGURES
from tests.upstream import Answer

MOST_EXTRA = 300  # MB
CHUNKS = tuple(f"第{n} line of **text** with `code` and more words to fill it up\n\n" for n in range(20_000))
BOMB = gzip.compress(b"data: " + b"x" * 1_000_000_000, 1)
BOMBED = Answer(body=BOMB, headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})


def memory(server: Server) -> int:
    """The server's own memory in MB, at its peak (`VmHWM`: it never falls)."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


@pytest.fixture
def server(tmp_path, upstream):
    with Server(tmp_path, OPENAI_BASE_URL=upstream.base_url) as server:
        yield server


def chat(page: Page, server: Server) -> None:
    page.goto(server.url)
    choose_model(page, "house-model")
    send(page, "Warm up 预热")
    expect(messages(page).nth(1).locator(".toolbar-copy")).to_be_visible()
    settled(page)


@pytest.mark.torture
@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(chunks=CHUNKS), "第0 line"),
        (Answer(chunks=("".join(CHUNKS),)), "第0 line"),
        (BOMBED, "Failed"),
        (Answer(chunks=("x" * 500_000,) * 10), "Incomplete"),
    ],
    ids=["20,000 chunks", "a megabyte at once", "gzip bomb of 1 GB", "five megabytes"],
)
def test_the_memory_is_bounded_and_another_tab_goes_on(server, upstream, browser, answer, word, request):
    with watched_page(browser) as page, watched_page(browser) as other:
        chat(page, server)
        chat(other, server)
        before = memory(server)
        upstream.script = [answer]
        send(page, "Very much 很多")
        slowest = 0.0
        for number in range(5):
            asked = time.monotonic()
            send(other, f"And I? {number}")
            expect(messages(other).nth(3 + 2 * number)).to_contain_text("Hello from upstream.")
            slowest = max(slowest, time.monotonic() - asked)
            expect(other.locator(".toolbar-copy")).to_have_count(4 + 2 * number)
            settled(other)
        expect(messages(page).nth(3)).to_contain_text(word, timeout=60_000)
        expect(page.locator(".toolbar-copy")).to_have_count(4, timeout=60_000)
        extra = memory(server) - before
        FIGURES[f"{request.node.callspec.id}: MB of memory more"] = extra
        FIGURES[f"{request.node.callspec.id}: seconds until the other tab's slowest reply"] = round(slowest, 2)
        assert extra < MOST_EXTRA
