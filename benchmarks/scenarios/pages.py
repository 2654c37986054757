"""Twenty pages, each of a visitor of its own, that are sent a prompt at once."""

from contextlib import ExitStack

from benchmarks.bench import Bench
from benchmarks.processes import memory_mb
from benchmarks.report import Figure, Samples, percentile

PAGES = 20
FIRST = Figure("first byte to visible, p95", "s")
LAST = Figure("last byte to visible, p95", "s", 1.2)
MEMORY = Figure("server memory", "MB", 200)


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server, ExitStack() as opened:
        chats = [opened.enter_context(bench.chat(server)) for _ in range(PAGES)]
        while True:
            for chat in chats:
                chat.rest()
            marks = [chat.prepare(200, 50) for chat in chats]
            for chat in chats:
                chat.send()
            turns = [chat.finished(mark) for chat, mark in zip(chats, marks, strict=True)]
            yield {
                FIRST: percentile((turn.first_visible - turn.first_left for turn in turns), 95) / 1000,
                LAST: percentile((turn.last_visible - turn.last_left for turn in turns), 95) / 1000,
                MEMORY: memory_mb(server.processes()),
            }
