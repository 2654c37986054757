"""A conversation of many branches: opened, outlined, a branch switched, and a message jumped to."""

from benchmarks.bench import Bench
from benchmarks.chat import Chat, now
from benchmarks.report import Figure, Samples
from benchmarks.stored import Stored, mock_settings, store_tree

MESSAGES, BRANCHES = 5_000, 300
TREE = f"{MESSAGES:,} messages, {BRANCHES} branches"
OPENED = Figure(f"{TREE}: by its address", "s")
OUTLINED = Figure(f"{TREE}: a click on Outline to its lines", "s")
SWITCHED = Figure(f"{TREE}: a click on the switcher to the other branch", "s")
JUMPED = Figure(f"{TREE}: a click on a line to its message, in another part", "s")


def samples(bench: Bench) -> Samples:
    folder = bench.new_folder()
    stored = store_tree(folder, MESSAGES, BRANCHES, mock_settings(bench.mock.url))
    with bench.warm_playground(folder) as server, bench.visitor() as visitor:
        chat = bench.page(visitor, server)
        chat.open()
        chat.load()
        while True:
            opened = _opened(chat, stored)
            switched = _switched(chat)
            outlined = _until(chat, ".st-key-header_outline button", ".outline-line")
            jumped = _until(chat, ".outline-line >> nth=0", "[data-testid=stChatMessage][data-sought]")
            yield {OPENED: opened, SWITCHED: switched, OUTLINED: outlined, JUMPED: jumped}


def _opened(chat: Chat, stored: Stored) -> float:
    started = now()
    chat.open(stored.path, stored.mark)
    return (chat.seen()["complete"] - started) / 1000


def _switched(chat: Chat) -> float:
    """Seconds to the other branch of the newest prompt; then the first one is open again."""
    _until(chat, ".toolbar-alone .toolbar-previous >> nth=-1", ".toolbar-alone .toolbar-place:text-is('1/2') >> nth=-1")
    return _until(
        chat, ".toolbar-alone .toolbar-next >> nth=-1", ".toolbar-alone .toolbar-place:text-is('2/2') >> nth=-1"
    )


def _until(chat: Chat, clicked: str, seen: str) -> float:
    """Seconds from a click on one thing until another is to be seen."""
    chat.rest()
    started = now()
    chat.page.locator(clicked).click()
    chat.page.locator(seen).first.wait_for()
    return (now() - started) / 1000
