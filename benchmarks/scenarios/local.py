"""The built-in model: time to first token with a short and a long history, and whether the next turn is quicker."""

import secrets

from benchmarks.bench import Bench, Unavailable
from benchmarks.chat import PROMPT, Chat
from benchmarks.report import Figure, Samples
from benchmarks.stored import BUILT_IN, store_conversations
from llm.servers.local_model import LocalModel, find_model

LONG = 40  # messages of a long history, which are about 2,000 tokens
FIRST = Figure("time to first token, a short history, the model's first message", "s")
NEXT = Figure("time to first token, a short history, the next message", "s")
LONG_FIRST = Figure("time to first token, 2,000 tokens of history, the first message", "s")
LONG_NEXT = Figure("time to first token, 2,000 tokens of history, the next message", "s")


def samples(bench: Bench) -> Samples:
    """Each run has a model of its own, which remembers nothing. Raises Unavailable if there is none."""
    if reason := LocalModel(find_model({})).availability():
        raise Unavailable(reason)
    while True:
        folder = bench.new_folder()
        short, long = store_conversations(folder, [2, LONG], BUILT_IN)
        with bench.playground(folder, built_in=True) as server, bench.visitor() as visitor:
            chat = bench.page(visitor, server)
            times = []
            for stored in (short, long):
                chat.open(stored.path)
                chat.load()
                times += [_first_token(chat), _first_token(chat)]
        yield dict(zip((FIRST, NEXT, LONG_FIRST, LONG_NEXT), times, strict=True))


def _first_token(chat: Chat) -> float:
    """Seconds from Enter to the first token of a reply, once that is over."""
    chat.rest()
    mark = secrets.token_hex(4)
    chat.page.locator(PROMPT).fill(f"Say something about the sea, number {mark}.")
    chat.watch(mark, "{", "{")
    chat.send()
    seen = chat.seen()
    chat.rest()
    return (seen["first"] - seen["began"]) / 1000
