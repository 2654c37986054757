"""Markdown with lists, tables and code, ever longer: what a token costs must not grow with the length."""

from benchmarks.bench import Bench
from benchmarks.chat import Cpu, Turn
from benchmarks.processes import Server
from benchmarks.report import Figure, Sample, Samples

LENGTHS = (500, 2_000, 8_000)  # tokens
RATE = 400  # tokens a second


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server:
        while True:
            sample = {}
            for length in LENGTHS:
                sample |= _at_once(bench, server, length) | _streamed(bench, server, length)
            yield sample


def _at_once(bench: Bench, server: Server, length: int) -> Sample:
    turn, cpu = _turn(bench, server, length, 0)
    name = f"{length:,} tokens at once"
    return {
        Figure(f"{name}: Enter to the last word", "s"): (turn.last_visible - turn.sent) / 1000,
        Figure(f"{name}: browser CPU for each 1,000", "s"): cpu.browser * 1000 / length,
    }


def _streamed(bench: Bench, server: Server, length: int) -> Sample:
    turn, cpu = _turn(bench, server, length, RATE)
    name = f"{length:,} tokens at {RATE}/s"
    return {
        Figure(f"{name}: browser CPU for each 1,000", "s"): cpu.browser * 1000 / length,
        Figure(f"{name}: server CPU for each 1,000", "s"): cpu.server * 1000 / length,
        Figure(f"{name}: longest stall", "ms"): turn.longest_stall,
    }


def _turn(bench: Bench, server: Server, length: int, rate: float) -> tuple[Turn, Cpu]:
    with bench.chat(server) as chat, chat.cpu() as cpu:
        turn = chat.turn(length, rate, markdown=True)
    return turn, cpu
