"""Many turns in one conversation and one page: memory must not grow with them."""

from collections.abc import Mapping

from benchmarks.bench import Bench
from benchmarks.chat import Chat
from benchmarks.processes import memory_mb
from benchmarks.report import Figure, Sample, Samples

PARTS = (0.1, 0.5, 1.0)  # of all turns, after which memory is read


def samples(bench: Bench) -> Samples:
    stops = [max(1, round(bench.turns * part)) for part in PARTS]
    while True:
        server_mb, heap_mb = {}, {}
        with bench.warm_playground() as server, bench.chat(server) as chat:
            for number in range(1, stops[-1] + 1):
                chat.turn(5)
                if number in stops:
                    server_mb[number], heap_mb[number] = memory_mb(server.processes()), _heap_mb(chat)
        yield {**_figures("server memory", server_mb), **_figures("the page's JavaScript heap", heap_mb)}


def _figures(name: str, readings: Mapping[int, float]) -> Sample:
    """The readings, by the number of turns before each, and how much they grow."""
    figures = {Figure(f"{name} after {number} turns", "MB"): reading for number, reading in readings.items()}
    first, last = min(readings), max(readings)
    if last > first:
        grown = (readings[last] - readings[first]) * 100 / (last - first)
        figures[Figure(f"{name}: growth for each 100 turns", "MB")] = grown
    return figures


def _heap_mb(chat: Chat) -> float:
    """What is left on the page's heap after its rubbish is collected."""
    inspector = chat.page.context.new_cdp_session(chat.page)
    inspector.send("HeapProfiler.collectGarbage")
    inspector.send("Performance.enable")
    metrics = inspector.send("Performance.getMetrics")["metrics"]
    inspector.detach()
    return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6
