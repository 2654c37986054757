"""A real server process, a real browser, and an upstream that answers as the test says."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.chromium import running_chromium
from llm.servers.directory import ASKING
from tests.upstream import MODELS, Answer, running_upstream

ROOT = Path(__file__).parents[2]
VIEWPORT = {"width": 1280, "height": 900}
expect.set_options(timeout=30_000)


class Server:
    """The playground in a process of its own, on a free port; it runs in a `with` block."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        self.process = subprocess.Popen(
            [*command, f"--server.port={self.port}"],
            cwd=ROOT,
            env={**keep, "PLAYGROUND_DATA": str(self.folder), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "server.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        return self

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.end()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def browser():
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def shared_upstream():
    with running_upstream() as server:
        yield server


@pytest.fixture
def upstream(shared_upstream):
    """The upstream of the shared server, with nothing left of the test before."""
    shared_upstream.release()
    shared_upstream.answer, shared_upstream.models = Answer(), MODELS
    for kept in (shared_upstream.script, shared_upstream.requests, shared_upstream.headers, shared_upstream.said):
        kept.clear()
    shared_upstream.hold()
    yield shared_upstream
    shared_upstream.release()


@pytest.fixture(scope="session")
def server(shared_upstream, tmp_path_factory):
    folder = tmp_path_factory.mktemp("playground")
    with Server(folder, OPENAI_BASE_URL=shared_upstream.base_url, OPENAI_API_KEY="sk-test-0123456789") as server:
        yield server


@pytest.fixture(scope="session")
def visitor(browser: Browser):
    """A visitor who has been here before: to fetch and compile Streamlit's scripts takes most of a first visit."""
    context = browser.new_context(viewport=VIEWPORT)
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext):
    """A page that fails its test when a script breaks, something is blocked, or anything is fetched from elsewhere."""
    try:
        with watched(visitor.new_page()) as page:
            yield page
    finally:
        visitor.set_offline(False)
        visitor.clear_permissions()


@contextmanager
def watched_page(browser: Browser, **options):
    """A page as `page` is, of a visitor who comes for the first time."""
    context = browser.new_context(viewport=VIEWPORT, **options)
    try:
        with watched(context.new_page()) as page:
            yield page
    finally:
        context.close()


@contextmanager
def watched(page: Page):
    page.add_init_script(path=Path(__file__).with_name("at_rest.js"))
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if _is_local(r.url) else faults.append(f"fetched {r.url}"))
    try:
        yield page
    finally:
        page.close()
    assert faults == []


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "http://localhost", "data:", "blob:", "about:"))


def send(page: Page, prompt: str) -> None:
    """Type a prompt and press Enter."""
    box = page.locator(".st-key-prompt textarea")
    box.fill(prompt)
    box.press("Enter")


def messages(page: Page):
    return page.locator("[data-testid=stChatMessage]")


def open_chat(page: Page, server: Server, model: str = "house-model") -> Page:
    """A new conversation with a model; else it would begin with the one that was used last."""
    page.goto(server.url)
    expect(page.locator(".st-key-temperature")).to_be_visible()
    choose_model(page, model)
    return page


def choose_model(page: Page, name: str) -> None:
    model = page.locator(".st-key-model input")
    expect(model).to_be_visible()
    expect(page.get_by_text(ASKING)).to_have_count(0)  # a list that arrives undoes what is being typed
    settled(page)
    if model.input_value() != name:
        type_and_take(page, "model", name)
        expect(model).to_have_value(name)
        settled(page)


def move_right(page: Page, key: str, shown: str) -> None:
    """Move a slider until it shows the next stop; a busy machine may draw it anew under the first key."""
    value = page.locator(f".st-key-{key} [data-testid=stSliderThumbValue]")
    before = value.inner_text().strip()
    for _ in range(5):
        if value.inner_text().strip() == before:
            page.locator(f".st-key-{key}").get_by_role("slider").press("ArrowRight")
        settled(page)
        if value.inner_text().strip() != before:
            break
    expect(value).to_have_text(shown)


def type_and_take(page: Page, key: str, text: str) -> None:
    """Type into a list and take what it offers."""
    box = page.locator(f".st-key-{key} input")
    box.fill(text)
    expect(page.get_by_role("option", name=text).first).to_be_visible()
    box.press("Enter")


def settled(page: Page) -> None:
    """Wait until the script has run for the last change."""
    page.wait_for_function("() => atRest()")
