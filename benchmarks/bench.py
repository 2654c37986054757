"""What every scenario works with: the mock server, the browser, and playgrounds on folders of their own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from playwright.sync_api import Browser, BrowserContext

from benchmarks.chat import PATIENCE, Chat
from benchmarks.chromium import running_chromium
from benchmarks.processes import Server, serving

# Of many pages all but one are in the background, where a browser saves its strength.
AWAKE = (
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
)
PLAYGROUND = ("streamlit", "run", "app.py", "--server.headless=true", "--server.port={port}")
MOCK = ("benchmarks.mock_server", "{port}")
OBSERVER = Path(__file__).with_name("observer.js")


class Unavailable(Exception):
    """What a scenario needs is not there; the text is a sentence that says why."""


@dataclass(frozen=True)
class Bench:
    """The mock server, the browser, and what was asked for."""

    folder: Path  # for all that is written
    mock: Server
    browser: Browser
    turns: int  # of the scenario that looks for leaks

    def new_folder(self) -> Path:
        """A folder that goes when the bench is closed."""
        return Path(mkdtemp(dir=self.folder))

    @contextmanager
    def playground(self, folder: Path | None = None, built_in: bool = False) -> Iterator[Server]:
        """A playground in a process of its own, on a folder of data or a new one.

        It talks to the mock server, or to the built-in model.
        """
        folder = folder or self.new_folder()
        address, key = ("", "") if built_in else (f"{self.mock.url}/v1", "sk-benchmark")
        environment = {
            "PLAYGROUND_DATA": str(folder),
            "OPENAI_BASE_URL": address,  # set, though empty: a file .env has no say
            "OPENAI_API_KEY": key,
            "OPENAI_ORG_ID": "",
        }
        with serving(PLAYGROUND, "/healthz", folder / "server.log", environment) as server:
            yield server

    @contextmanager
    def visitor(self) -> Iterator[BrowserContext]:
        """A visitor whose browser has seen nothing yet; his pages share what they have fetched."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=OBSERVER)
        try:
            yield context
        finally:
            context.close()

    def page(self, visitor: BrowserContext, playground: Server) -> Chat:
        """A new page, on which nothing is open yet."""
        return Chat(visitor.new_page(), playground, self.mock)

    @contextmanager
    def chat(self, playground: Server) -> Iterator[Chat]:
        """A new visitor's chat, open and loaded."""
        with self.visitor() as visitor:
            chat = self.page(visitor, playground)
            chat.open()
            chat.load()
            yield chat

    @contextmanager
    def warm_playground(self, folder: Path | None = None) -> Iterator[Server]:
        """A playground that has answered before, so that nothing is measured which only its first turn takes."""
        with self.playground(folder) as server:
            with self.chat(server) as chat:
                chat.turn(20)
            yield server


@contextmanager
def opened_bench(turns: int) -> Iterator[Bench]:
    """Start the mock server and the browser, until the end of the block."""
    with ExitStack() as opened:
        name = opened.enter_context(TemporaryDirectory(prefix="benchmarks-", ignore_cleanup_errors=True))
        mock = opened.enter_context(serving(MOCK, "/v1/models", Path(name, "mock.log"), {}))
        browser = opened.enter_context(running_chromium(*AWAKE))
        yield Bench(Path(name), mock, browser, turns)
