"""An experiment of 10,000 recorded runs: its page opened for the first time and again, and its table filtered."""

from benchmarks.bench import Bench
from benchmarks.chat import Chat, now
from benchmarks.report import Figure, Sample, Samples
from benchmarks.stored import mock_settings
from benchmarks.stored_runs import MARK, StoredRuns, store_runs

ROWS, REPETITIONS = 50, 10  # 1,000 cells, 10,000 runs
FIRST = Figure("10,000 runs, opened for the first time since the start", "s")
AGAIN = Figure("10,000 runs, opened again", "s")
FILTERED = Figure("10,000 runs, filtered by a word", "s")


def samples(bench: Bench) -> Samples:
    folder = bench.new_folder()
    stored = store_runs(folder, ROWS, REPETITIONS, mock_settings(bench.mock.url))
    while True:
        with bench.warm_playground(folder) as server, bench.chat(server) as chat:
            yield opened(chat, stored)


def opened(chat: Chat, stored: StoredRuns) -> Sample:
    """Seconds until all runs of an experiment stand in their table, and until they are filtered."""
    first, again = (_open(chat, stored) for _ in range(2))
    started = now()
    chat.page.locator(".st-key-reading_table input").first.fill(MARK)
    chat.page.get_by_text(f"{stored.marked:,} of {stored.runs:,} runs.").wait_for()
    return {FIRST: first, AGAIN: again, FILTERED: (now() - started) / 1000}


def _open(chat: Chat, stored: StoredRuns) -> float:
    """Seconds until the table of all runs is there."""
    started = now()
    chat.page.goto(f"{chat.address}/experiments?id={stored.id}", wait_until="commit")
    chat.page.get_by_text(f"{stored.runs:,} of {stored.runs:,} runs.").wait_for()
    chat.page.locator(".st-key-reading_table canvas").first.wait_for()
    return (now() - started) / 1000
