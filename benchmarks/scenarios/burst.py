"""A reply of 2,000 tokens that arrive at once."""

from benchmarks.bench import Bench
from benchmarks.report import Figure, Samples

COMPLETE = Figure("Enter to the last word", "s", 0.5)
BROWSER = Figure("browser CPU", "s")
SERVER = Figure("server CPU", "s")


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server:
        while True:
            with bench.chat(server) as chat, chat.cpu() as cpu:
                turn = chat.turn(2_000)
            yield {COMPLETE: (turn.last_visible - turn.sent) / 1000, BROWSER: cpu.browser, SERVER: cpu.server}
