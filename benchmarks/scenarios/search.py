"""A search over 100,000 messages in 10,000 conversations: in the store, as one types, and in the library."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.chat import Chat, now
from benchmarks.report import Figure, Sample, Samples
from benchmarks.stored_texts import COMMON, FIRST_DAY, IN_LONG, RARE, RARE_MODEL, store_texts
from storage.search.filters import Filters
from storage.store import Store

MESSAGES = 100_000
GOAL = 50  # milliseconds
SEARCHES = {
    "a word in nearly all": (COMMON, Filters()),
    "a rare word": (RARE, Filters()),
    "one letter": ("t", Filters()),
    "a word at the end of texts of 100,000 characters": (IN_LONG, Filters()),
    "two Chinese characters": ("一丁", Filters()),
    "a word in nearly all, of a rare model": (COMMON, Filters(model=RARE_MODEL)),
    "a word in nearly all, of the usual model, listed": (COMMON, Filters(model="usual", archived=False)),
    "a word in nearly all, in the first days": (COMMON, Filters(until=FIRST_DAY + timedelta(days=3))),
    "a rare word, of the usual model, in a year": (
        RARE,
        Filters(model="usual", since=FIRST_DAY, until=FIRST_DAY + timedelta(days=365)),
    ),
}
HITS = Figure("the last letter typed to the hits in the sidebar (0.2 s of it is waiting for more)", "s")
LIBRARY = Figure("the library with 10,000 conversations, opened", "s")
OLDER = Figure("the library's next page", "s")


def samples(bench: Bench) -> Samples:
    folder = bench.new_folder()
    store_texts(folder, MESSAGES)
    while True:
        with closing(Store(folder / "playground.db")) as store:
            sample = {
                Figure(f"20 hits in the store: {name}", "ms", GOAL): _milliseconds(
                    lambda what=what, store=store: store.search.find(*what)
                )
                for name, what in SEARCHES.items()
            }
        with bench.warm_playground(folder) as server, bench.chat(server) as chat:
            yield sample | _on_the_page(chat)


def _milliseconds(search: Callable[[], object]) -> float:
    started = perf_counter()
    search()
    return (perf_counter() - started) * 1000


def _on_the_page(chat: Chat) -> Sample:
    page = chat.page
    box = page.locator(".st-key-search input")
    box.press_sequentially(RARE[:-1])
    page.locator(".st-key-hits").wait_for()
    chat.rest()
    started = now()
    box.press(RARE[-1])
    page.locator(".st-key-hits").get_by_text(RARE, exact=True).first.wait_for()
    hits = now() - started
    started = now()
    page.goto(f"{chat.address}/library", wait_until="commit")
    page.locator(".st-key-library_row_24 button").first.wait_for()
    opened = now() - started
    chat.rest()
    last = page.locator(".st-key-library_row_24 button").first.inner_text()
    started = now()
    page.locator(".st-key-older_page button").click()
    page.locator(".st-key-library_row_24 button").filter(has_not_text=last).first.wait_for()
    return {HITS: hits / 1000, LIBRARY: opened / 1000, OLDER: (now() - started) / 1000}
