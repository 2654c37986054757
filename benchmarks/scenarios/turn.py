"""A reply of 300 tokens at 100 a second, in a new conversation."""

from benchmarks.bench import Bench
from benchmarks.report import Figure, Samples

REQUEST = Figure("send to request", "ms", 25)
FIRST = Figure("first byte to visible", "ms", 25)
LAST = Figure("last byte to visible", "ms", 10)
BROWSER = Figure("browser CPU", "s", 0.8)
SERVER = Figure("server CPU", "s", 0.2)
STALL = Figure("longest stall", "ms", 50)


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server:
        while True:
            with bench.chat(server) as chat, chat.cpu() as cpu:
                turn = chat.turn(300, 100)
            yield {
                REQUEST: turn.arrived - turn.sent,
                FIRST: turn.first_visible - turn.first_left,
                LAST: turn.last_visible - turn.last_left,
                BROWSER: cpu.browser,
                SERVER: cpu.server,
                STALL: turn.longest_stall,
            }
