"""From nothing to a chat that can be typed in, and the first turns of a server."""

from benchmarks.bench import Bench
from benchmarks.chat import now
from benchmarks.report import Figure, Samples

USABLE = Figure("start of the process to a composer that can be typed in", "s", 2.2)
FIRST = Figure("first turn after the start: added to the time to first token", "ms")
SECOND = Figure("second turn: the same", "ms")
VISITOR = Figure("second visitor, nothing in his browser: to the composer", "s")


def samples(bench: Bench) -> Samples:
    while True:
        started = now()
        with bench.playground() as server:
            with bench.visitor() as visitor:
                chat = bench.page(visitor, server)
                chat.open()
                usable = now()
                first, second = chat.turn(20, 100), chat.turn(20, 100)
            with bench.visitor() as visitor:
                chat = bench.page(visitor, server)
                came = now()
                chat.open()
                loaded = now()
        yield {
            USABLE: (usable - started) / 1000,
            FIRST: first.added,
            SECOND: second.added,
            VISITOR: (loaded - came) / 1000,
        }
