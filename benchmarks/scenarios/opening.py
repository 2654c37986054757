"""Stored conversations, opened by their address and by a click, and a turn at the end of a long one."""

from benchmarks.bench import Bench
from benchmarks.chat import Chat, now
from benchmarks.report import Figure, Sample, Samples
from benchmarks.stored import Stored, mock_settings, store_conversations

LENGTHS = (10, 100, 1_000, 5_000)  # messages
OPEN_GOALS = {1_000: 0.5}  # seconds
CONTINUED = (400, 5_000)  # messages before a turn: not those that are opened, for a turn makes them longer
ADDED_GOALS = {400: 80}  # milliseconds
EMPTY = Figure("a new conversation, by its address, to the composer", "s")


def samples(bench: Bench) -> Samples:
    folder, settings = bench.new_folder(), mock_settings(bench.mock.url)
    stored = store_conversations(folder, LENGTHS, settings)
    continued = store_conversations(folder, CONTINUED, settings)
    with bench.warm_playground(folder) as server, bench.visitor() as visitor:
        chat = bench.page(visitor, server)
        chat.open()  # from now on the browser has the playground's scripts
        chat.load()
        while True:
            sample = {EMPTY: _opened_empty(chat)}
            for each in stored:
                sample |= _opened(chat, each)
            for each in continued:
                sample |= _continued(chat, each)
            yield sample


def _opened_empty(chat: Chat) -> float:
    started = now()
    chat.open()
    return (now() - started) / 1000


def _opened(chat: Chat, stored: Stored) -> Sample:
    """Seconds until the last message is visible: by the address, and by a click in a new conversation."""
    name, goal = f"{stored.messages:,} messages", OPEN_GOALS.get(stored.messages)
    started = now()
    chat.open(stored.path, stored.mark)
    addressed = chat.seen()["complete"] - started
    chat.begin_anew()
    chat.watch_mark(stored.mark)
    chat.page.locator(f".st-key-open_{stored.id} button").click()
    clicked = chat.seen()
    return {
        Figure(f"{name}, by its address", "s", goal): addressed / 1000,
        Figure(f"{name}, by a click", "s", goal): (clicked["complete"] - clicked["began"]) / 1000,
    }


def _continued(chat: Chat, stored: Stored) -> Sample:
    chat.open(stored.path)
    chat.load()
    name = f"a turn after {stored.messages:,} messages: added to the time to first token"
    return {Figure(name, "ms", ADDED_GOALS.get(stored.messages)): chat.turn(50, 100).added}
